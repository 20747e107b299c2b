"""Camera sources and the guided capture; the only place in loanapp that makes threads."""
