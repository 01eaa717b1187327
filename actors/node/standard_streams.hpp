#pragma once

namespace troupe::actors {

/// Gives stdin, stdout and stderr a descriptor if whoever started the program closed it: else the next file or socket
/// that is opened takes its number, and log lines or answers are written into that. Call before anything is opened.
void keep_standard_streams() noexcept;

} // namespace troupe::actors
