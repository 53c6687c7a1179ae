"""What stands behind programs of the short style while they run."""
