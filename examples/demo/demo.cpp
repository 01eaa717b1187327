#include "examples/demo/demo.hpp"

#include "examples/chat/room.hpp"
#include "examples/dashboard/metrics.hpp"
#include "examples/demo/echo.hpp"
#include "examples/demo/pages.hpp"
#include "examples/progress/job.hpp"
#include "examples/whiteboard/board.hpp"

namespace examples {

void add_demo(troupe::node& to) {
  to.channel<room>("room:*");
  to.channel<board>("board:*");
  to.channel<job>("job:*");
  to.channel<metrics>("metrics");
  to.mount<echo>("/echo");
  std::error_code unknown;
  to.pages(pages_of(std::filesystem::read_symlink("/proc/self/exe", unknown), TROUPE_PAGES));
}

} // namespace examples
