#include "actors/hosting/running_handlers.hpp"

#include <algorithm>
#include <csignal>
#include <cstring>
#include <utility>

namespace troupe::actors {

namespace {

/// A handler that recursed too deep leaves its signal handler no stack but this.
/// Owner: the thread. Sanitizers have their own.
class signal_stack {
 public:
  signal_stack() {
    stack_t before{};
    if (::sigaltstack(nullptr, &before) != 0 || !(before.ss_flags & SS_DISABLE))
      return;
    memory_ = std::make_unique<char[]>(size);
    stack_t own{};
    own.ss_sp = memory_.get();
    own.ss_size = size;
    ::sigaltstack(&own, nullptr);
  }
  ~signal_stack() {
    if (!memory_)
      return;
    stack_t none{};
    none.ss_flags = SS_DISABLE;
    ::sigaltstack(&none, nullptr);
  }
  signal_stack(const signal_stack&) = delete;
  signal_stack& operator=(const signal_stack&) = delete;

 private:
  static constexpr std::size_t size = 64 * 1024;
  std::unique_ptr<char[]> memory_;
};

constinit thread_local const running_handlers::mark* innermost = nullptr;

std::uint64_t next_number() {
  static std::atomic<std::uint64_t> last{0};
  return ++last;
}

} // namespace

// -- slots --------------------------------------------------------------------

/// What one thread runs. Written by it alone; a reader looks at `version` before and after, and at nothing that changed
/// meanwhile.
struct running_handlers::slot {
  static constexpr std::size_t words = 8; // of 8 bytes: an event's name has at most 64

  slot(std::size_t i, std::thread::id of) : index(i), thread(of) {}

  void begin(const mark& what) noexcept {
    const auto v = version.load(std::memory_order_relaxed);
    version.store(v + 1, std::memory_order_relaxed);
    std::atomic_thread_fence(std::memory_order_release);
    who.store(&what.of_, std::memory_order_relaxed);
    number.store(what.number_, std::memory_order_relaxed);
    since.store(what.since_.time_since_epoch().count(), std::memory_order_relaxed);
    const auto size = std::min(what.event_.size(), words * sizeof(std::uint64_t));
    event_size.store(size, std::memory_order_relaxed);
    for (std::size_t at = 0; at < size; at += sizeof(std::uint64_t)) {
      std::uint64_t word = 0;
      std::memcpy(&word, what.event_.data() + at, std::min(size - at, sizeof word));
      event[at / sizeof word].store(word, std::memory_order_relaxed);
    }
    version.store(v + 2, std::memory_order_release);
  }
  void end() noexcept { who.store(nullptr, std::memory_order_release); }

  const std::size_t index;
  const std::thread::id thread;
  std::uint64_t runs = 0; // its thread's alone
  std::atomic<std::uint64_t> version{0}; // odd: being written
  std::atomic<const entry*> who{nullptr};
  std::atomic<std::uint64_t> number{0};
  std::atomic<std::int64_t> since{0};
  std::atomic<std::size_t> event_size{0};
  std::array<std::atomic<std::uint64_t>, words> event{};
  histogram took, waited;
};

running_handlers::slot& running_handlers::mine() {
  struct place {
    std::uint64_t of = 0;
    slot* where = nullptr;
  };
  thread_local place last;
  if (last.of == number_)
    return *last.where;
  thread_local const signal_stack stack;
  const std::lock_guard guard{mutex_};
  const auto me = std::this_thread::get_id();
  const auto known = std::find_if(slots_.begin(), slots_.end(), [me](const auto& s) { return s->thread == me; });
  last = {number_, known == slots_.end() ? slots_.emplace_back(std::make_unique<slot>(slots_.size(), me)).get() : known->get()};
  return *last.where;
}

// -- constructors -------------------------------------------------------------

running_handlers::running_handlers(clock_function now)
    : now_(std::move(now)), number_(next_number()), worker_ran_(now_().time_since_epoch().count()) {}

running_handlers::~running_handlers() = default;

/// Whoever looks holds the lock, so that what it has found stays there.
running_handlers::entry::~entry() {
  if (handlers_)
    const std::lock_guard guard{handlers_->mutex_};
}

// -- running ------------------------------------------------------------------

running_handlers::mark::mark(const entry& of, std::string_view event)
    : of_(of), event_(event), where_(of.handlers_ ? &of.handlers_->mine() : nullptr), outer_(innermost) {
  if (!where_)
    return;
  since_ = of_.handlers_->now_();
  number_ = ++where_->runs;
  where_->begin(*this);
  innermost = this;
}

running_handlers::mark::~mark() {
  if (!where_)
    return;
  where_->took.observe(of_.handlers_->now_() - since_);
  innermost = outer_;
  if (outer_ && outer_->where_ == where_)
    where_->begin(*outer_);
  else
    where_->end();
}

// -- looking ------------------------------------------------------------------

/// Under the lock. Nothing: it is at rest, or changes just now.
std::optional<running_handlers::run> running_handlers::look_at(const slot& where, time_point at) const {
  const auto version = where.version.load(std::memory_order_acquire);
  const auto* who = where.who.load(std::memory_order_acquire);
  if (!who || version % 2 != 0)
    return std::nullopt;
  const auto number = where.number.load(std::memory_order_relaxed);
  const auto since = where.since.load(std::memory_order_relaxed);
  const auto size = where.event_size.load(std::memory_order_relaxed);
  std::array<std::uint64_t, slot::words> event{};
  for (std::size_t i = 0; i < event.size(); ++i)
    event[i] = where.event[i].load(std::memory_order_relaxed);
  std::atomic_thread_fence(std::memory_order_acquire);
  if (where.version.load(std::memory_order_relaxed) != version)
    return std::nullopt;
  std::string text(size, ' ');
  std::memcpy(text.data(), event.data(), size);
  const auto ran = at.time_since_epoch() - std::chrono::steady_clock::duration{since};
  return run{who->name_, std::move(text), std::max<duration>(ran, duration{0}), number, where.index};
}

std::vector<running_handlers::run> running_handlers::running(duration least) const {
  std::vector<run> all;
  const auto at = now_();
  {
    const std::lock_guard guard{mutex_};
    for (const auto& where : slots_)
      if (auto found = look_at(*where, at); found && found->ran >= least)
        all.push_back(*std::move(found));
  }
  std::sort(all.begin(), all.end(), [](const run& a, const run& b) { return a.ran > b.ran; });
  return all;
}

std::optional<running_handlers::run> running_handlers::running_of(std::string_view who, duration least) const {
  for (auto& one : running(least))
    if (one.who == who)
      return std::move(one);
  return std::nullopt;
}

running_handlers::names running_handlers::on_this_thread() noexcept {
  if (!innermost)
    return {};
  return {innermost->of_.name_, innermost->event_};
}

bool running_handlers::runs_here(const running_handlers* board) noexcept {
  for (const auto* m = innermost; m; m = m->outer_)
    if (m->of_.handlers_ == board)
      return true;
  return false;
}

// -- workers ------------------------------------------------------------------

void running_handlers::worker_ran() noexcept {
  worker_ran_.store(now_().time_since_epoch().count(), std::memory_order_relaxed);
}

running_handlers::duration running_handlers::workers_silent_for() const {
  return now_().time_since_epoch() - std::chrono::steady_clock::duration{worker_ran_.load(std::memory_order_relaxed)};
}

// -- measuring ----------------------------------------------------------------

void running_handlers::waited(duration time) { mine().waited.observe(time); }

histogram::reading running_handlers::handler_times() const {
  histogram::reading all;
  const std::lock_guard guard{mutex_};
  for (const auto& where : slots_)
    all += where->took.read();
  return all;
}

histogram::reading running_handlers::waiting_times() const {
  histogram::reading all;
  const std::lock_guard guard{mutex_};
  for (const auto& where : slots_)
    all += where->waited.read();
  return all;
}

} // namespace troupe::actors
