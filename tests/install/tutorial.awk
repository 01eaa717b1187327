# Makes a script of docs/tutorial.md. Of its blocks, a language with a name behind it is a file, `sh` is run, `text` is what
# the commands before it must have said, line by line; all others are for the reader.
/^```[a-z]+ [^ ]+$/ { kind = "file"; split($0, words, " "); print "write '" words[2] "' <<'END_OF_BLOCK'"; next }
/^```sh$/ { kind = "sh"; print "forget_what_was_said\n{"; next }
/^```text$/ { kind = "text"; print "must_have_said <<'END_OF_BLOCK'"; next }
/^```[a-z]+$/ { kind = "other"; next }
/^```$/ {
  if (kind == "file" || kind == "text") print "END_OF_BLOCK"
  if (kind == "sh") print "} >> \"$said\" 2>&1"
  kind = ""
  next
}
kind == "file" || kind == "sh" || kind == "text"
