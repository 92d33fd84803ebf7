"""The public event log as runs, commands and readers meet it: appended before a page is deployed, published, proved."""
