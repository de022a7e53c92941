"""What is read off a fit without fitting again: residuals, indices of modification, tests, scores, comparisons."""
