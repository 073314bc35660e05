"""What is done with a project, rooms joined: check, score and report, submit, publish, watch, verify."""
