"""Every page in a real browser, over a long history, thousands of classes and hundreds of candidates."""
