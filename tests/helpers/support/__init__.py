"""Small worlds and dense brute force shared by the tests."""
