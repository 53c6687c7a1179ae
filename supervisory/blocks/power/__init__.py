"""What electricity a site may draw: measured, forecast, shed, shifted and staggered."""
