"""The pictures of a report: six drawings of ranks and scores, each as SVG.

Functions of plain numbers and names to text; the same numbers give the same bytes. Nothing here is styled from outside or asks
for anything: a picture stands alone in a file, in a page, or on a slide.
"""
