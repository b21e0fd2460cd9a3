"""The figures the README quotes; each is measured by one command."""
