"""A scripted year: requesters who write over twelve months, the real worker, an operator who works through the queue, and a checker."""
