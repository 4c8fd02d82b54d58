"""Looking at growing data repeatedly without being fooled by it."""
