"""The record over HTTP: thin doors onto the actions and the reads."""
