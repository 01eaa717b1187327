#include "examples/demo/pages.hpp"

#include <catch2/catch.hpp>

#include <fstream>
#include <unistd.h>

TEST_CASE("an installed demo serves the pages it was installed with, one in the tree those of the tree") {
  namespace fs = std::filesystem;
  const auto prefix = fs::temp_directory_path() / ("troupe-pages-" + std::to_string(::getpid()));
  const auto pages = prefix / "share" / "troupe" / "pages";
  fs::create_directories(pages);
  CHECK(examples::pages_of("/src/build/release/troupe", "../../examples/pages") == "/src/examples/pages");
  std::ofstream{pages / "index.html"} << "here";
  CHECK(examples::pages_of(prefix / "bin" / "troupe", "tree") == pages.string());
  fs::remove_all(prefix);
}
