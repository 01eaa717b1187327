#include "testing/stores/late_store.hpp"

#include <utility>

namespace troupe::actors::testing {

class late_partition final : public partition {
 public:
  late_partition(late_store& home, std::unique_ptr<partition> inside) : home_(home), inside_(std::move(inside)) {
    home_.open_ = inside_.get();
  }
  ~late_partition() override {
    if (home_.open_ == inside_.get())
      home_.open_ = nullptr;
    std::erase_if(home_.asked_, [this](const auto& one) { return one.by == this; });
  }
  late_partition(const late_partition&) = delete;
  late_partition& operator=(const late_partition&) = delete;

  [[nodiscard]] const std::string& epoch() const override { return inside_->epoch(); }
  [[nodiscard]] offset_t head() const override { return inside_->head(); }
  [[nodiscard]] std::size_t bytes() const override { return inside_->bytes(); }

  void append(publication draft, append_key key,
              std::function<void(tl::expected<kept, failure>)> then) override {
    home_.ask(this, [this, draft = std::move(draft), key = std::move(key), then = std::move(then)]() mutable {
      if (home_.failing == 0)
        return inside_->append(std::move(draft), std::move(key),
                               [this, then = std::move(then)](tl::expected<kept, failure> what) {
                                 home_.note(what);
                                 then(std::move(what));
                               });
      --home_.failing;
      then(tl::unexpected(failure{error_code::unavailable, "the disk is full"}));
    });
  }
  [[nodiscard]] std::optional<tl::expected<kept, failure>> append_now(publication& draft, append_key& key) override {
    if (!home_.prompt || !home_.asked_.empty() || home_.failing != 0)
      return std::nullopt;
    auto what = inside_->append_now(draft, key);
    if (what)
      home_.note(*what);
    return what;
  }
  void read(offset_t since, std::size_t items_max, std::size_t bytes_max,
            std::function<void(tl::expected<history_page, failure>)> then) override {
    home_.ask(this, [=, this] { inside_->read(since, items_max, bytes_max, then); });
  }
  void read_back(offset_t before, std::size_t items_max, std::size_t bytes_max,
                 std::function<void(tl::expected<history_page, failure>)> then) override {
    home_.ask(this, [=, this] { inside_->read_back(before, items_max, bytes_max, then); });
  }
  [[nodiscard]] std::optional<offset_t> find(const append_key& key) const override { return inside_->find(key); }
  void keep_answer(append_key key, call_answer what, std::function<void(tl::expected<void, failure>)> then) override {
    home_.ask(this, [this, key = std::move(key), what = std::move(what), then = std::move(then)]() mutable {
      if (home_.failing == 0)
        return inside_->keep_answer(std::move(key), std::move(what), std::move(then));
      --home_.failing;
      then(tl::unexpected(failure{error_code::unavailable, "the disk is full"}));
    });
  }
  [[nodiscard]] std::optional<call_answer> find_answer(const append_key& key) const override {
    return inside_->find_answer(key);
  }
  void save_snapshot(payload state, std::function<void(tl::expected<void, failure>)> then) override {
    home_.ask(this, [this, state = std::move(state), then = std::move(then)]() mutable {
      if (home_.failing == 0)
        return inside_->save_snapshot(std::move(state), std::move(then));
      --home_.failing;
      then(tl::unexpected(failure{error_code::unavailable, "the disk is full"}));
    });
  }
  [[nodiscard]] std::optional<payload> snapshot() const override { return inside_->snapshot(); }
  void keep_position(offset_t at) override { inside_->keep_position(at); }
  [[nodiscard]] offset_t kept_position() const override { return inside_->kept_position(); }

 private:
  late_store& home_;
  std::unique_ptr<partition> inside_;
};

void late_store::open(const std::string& channel, const retention& keep, const starter& by, post back,
                      std::function<void(tl::expected<std::unique_ptr<partition>, failure>)> then) {
  const auto opened = [this, channel, keep, by, back, then = std::move(then)] {
    inside_.open(channel, keep, by, back, [&](tl::expected<std::unique_ptr<partition>, failure> got) {
      if (!got)
        return then(tl::unexpected(got.error()));
      then(std::make_unique<late_partition>(*this, std::move(*got)));
    });
  };
  if (opens_late)
    asked_.push_back({nullptr, [back, opened] { back(opened); }});
  else
    opened();
}

} // namespace troupe::actors::testing
