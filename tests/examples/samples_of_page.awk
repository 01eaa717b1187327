# The C++ of a page, as one source: each block of ```cpp, at the lines that it has in the page.
/^```cpp$/ { inside = 1; printf "#line %d \"%s\"\n", FNR + 1, FILENAME; next }
/^```/     { inside = 0; next }
inside
