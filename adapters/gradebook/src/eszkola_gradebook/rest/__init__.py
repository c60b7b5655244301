"""OneRoster 1.2 by its REST binding: the lists that a package holds, asked of the service that keeps them."""
