"""The HTTP front of a controller: REST v2, batches included, and the little of v1 by which it is recognised."""
