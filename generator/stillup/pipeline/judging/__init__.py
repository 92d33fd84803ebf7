"""What is wrong with records beyond their form: wording, what only insiders may know, windows that overlap."""
