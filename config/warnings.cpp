#include "config/warnings.hpp"

#include <algorithm>

namespace troupe::config {

std::vector<std::string> warnings(const settings& s) {
  std::vector<std::string> result;
  const auto& address = s.listen.address;
  if (!address.starts_with("127.") && address != "::1") {
    result.push_back("listen.address is " + address +
                     ": other machines can connect, without TLS; put a proxy before it "
                     "or know your network");
    if (s.listen.hosts.empty())
      result.push_back("listen.hosts is empty: only loopback names and " + address +
                       " are accepted as Host; add the names clients use");
  }
  if (std::find(s.listen.origins.begin(), s.listen.origins.end(), "*") != s.listen.origins.end())
    result.push_back("listen.origins has `*`: pages of any site can connect in the name of their visitors");
  if (!s.api.key.empty() && s.api.key.size() < 16)
    result.push_back("api.key has " + std::to_string(s.api.key.size()) + " characters: short enough to guess");
  return result;
}

std::vector<std::string> open_to_anyone(const settings& s) {
  std::vector<std::string> result;
  for (const auto& n : s.namespaces) {
    std::string verbs;
    const auto add = [&verbs](permission p, const char* verb) {
      if (p == permission::anyone)
        verbs += (verbs.empty() ? "" : ", ") + std::string{verb};
    };
    add(n.subscribe, "subscribe");
    add(n.publish, "publish");
    add(n.call, "call");
    add(n.send, "send and poll for a userId");
    add(n.history, "read history");
    if (!verbs.empty())
      result.push_back(n.pattern + ": anyone may " + verbs);
  }
  return result;
}

} // namespace troupe::config
