#include "transports/outgoing_response.hpp"

namespace troupe::transports {

void outgoing_response::begin(outbox& out, http_response r, std::string_view date, response_options how) {
  begins_at_ = out.appended();
  out.append(response_text(r, date, how));
  left_ = r.rest && !how.head_only ? r.rest->size() : 0;
  rest_ = left_ != 0 ? std::move(r.rest) : nullptr;
}

bool outgoing_response::add(outbox& out, std::shared_ptr<body_source> from, std::string bytes) {
  if (bytes.empty() || bytes.size() > left_)
    return false;
  left_ -= bytes.size();
  rest_ = left_ != 0 ? std::move(from) : nullptr;
  out.append(std::move(bytes));
  return true;
}

} // namespace troupe::transports
