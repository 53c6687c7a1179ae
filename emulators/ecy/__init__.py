"""An ECY-compatible controller: REST v2 over HTTPS, an object database, a clock."""
