"""The application: the platform's accounts as the users of a Django site."""
