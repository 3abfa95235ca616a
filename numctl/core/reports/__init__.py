"""Reports that regulators and managers ask for."""
