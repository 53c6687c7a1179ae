"""What users give of their own: parameters, weather, prices."""
