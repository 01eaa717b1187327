#pragma once

#include "config/settings.hpp"
#include "transports/exchange.hpp"

namespace troupe::actors {

/// The same exchange, with the headers in each response by which a page of an allowed origin may read it: also in
/// refusals and in what is answered much later.
/// Thread: the shard's. Keeps no reference to `listen`.
[[nodiscard]] transports::exchange_ptr readable_by_pages(transports::exchange_ptr exchange,
                                                         const config::listen_settings& listen);

} // namespace troupe::actors
