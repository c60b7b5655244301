"""The eszkola command: the house for the person in a secretary's office."""
