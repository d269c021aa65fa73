// floorjobs for C++17: a thin layer over floorjobs.h, in this header alone.
//
// Handles free themselves and can be moved, texts come as std::string and go in as std::string_view, and
// structured data is JSON text, for the JSON library of your choice. A call that can fail returns a
// floorjobs::result; nothing throws but result::value(), which throws the floorjobs::error where there is
// no value, for who would rather have exceptions:
//
//     auto job = jobs.get(id);                           std::string job = jobs.get(id).value();
//     if (!job) return report(job.error().what());
//
// No exception crosses into the library: what a handler throws is caught here and fails the attempt. All of
// this compiles without exceptions (-fno-exceptions), too; value() ends the program then. Threads and
// lifetimes are those of the handles in floorjobs.h. Nothing of a moved-from object may be used.
#ifndef FLOORJOBS_HPP
#define FLOORJOBS_HPP

#include "floorjobs.h"

#include <cstdint>
#include <cstdlib>
#include <exception>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace floorjobs {

/// What went wrong: a status, a sentence, the field at fault, and the causes, nearest first.
class error : public std::runtime_error {
 public:
  error(fj_status status, const std::string &message, std::string field = {},
        std::vector<std::string> causes = {})
      : std::runtime_error(message), status_(status), field_(std::move(field)), causes_(std::move(causes)) {}

  /// The status of the call.
  fj_status status() const noexcept { return status_; }
  /// Its text form, such as `not_found`.
  const char *code() const noexcept { return fj_status_code(status_); }
  /// Whether the same call, made again later, may succeed.
  bool is_retryable() const noexcept { return fj_status_is_retryable(status_); }
  /// The argument, request field or setting at fault; empty for none.
  const std::string &field() const noexcept { return field_; }
  /// What led to it.
  const std::vector<std::string> &causes() const noexcept { return causes_; }

 private:
  fj_status status_;
  std::string field_;
  std::vector<std::string> causes_;
};

namespace detail {

/// Throws; in a program without exceptions it ends that.
[[noreturn]] inline void raise(const error &why) {
#ifdef __cpp_exceptions
  throw why;
#else
  (void)why;
  std::abort();
#endif
}

}  // namespace detail

/// A value, or why there is none.
template <typename T>
class [[nodiscard]] result {
 public:
  result(T value) : value_(std::move(value)) {}
  result(floorjobs::error why) : error_(std::move(why)) {}

  /// Whether there is a value.
  explicit operator bool() const noexcept { return value_.has_value(); }
  /// The value, where there is one.
  T &operator*() noexcept { return *value_; }
  const T &operator*() const noexcept { return *value_; }
  T *operator->() noexcept { return &*value_; }
  const T *operator->() const noexcept { return &*value_; }
  /// The value; throws the error if there is none.
  T &value() & {
    if (!value_) detail::raise(*error_);
    return *value_;
  }
  T value() && {
    if (!value_) detail::raise(*error_);
    return std::move(*value_);
  }
  /// Why there is no value; only where there is none.
  const floorjobs::error &error() const noexcept { return *error_; }

 private:
  std::optional<T> value_;
  std::optional<floorjobs::error> error_;
};

/// That it is done, or why not.
template <>
class [[nodiscard]] result<void> {
 public:
  result() = default;
  result(floorjobs::error why) : error_(std::move(why)) {}

  /// Whether it is done.
  explicit operator bool() const noexcept { return !error_; }
  /// Throws the error if it is not done.
  void value() const {
    if (error_) detail::raise(*error_);
  }
  /// Why it is not done; only where it is not.
  const floorjobs::error &error() const noexcept { return *error_; }

 private:
  std::optional<floorjobs::error> error_;
};

using text_result = result<std::string>;
using bytes_result = result<std::vector<std::uint8_t>>;
using done = result<void>;

namespace detail {

inline fj_str text(std::string_view from) noexcept {
  // An empty view may have no place, which would mean absent.
  return fj_str{from.data() == nullptr ? "" : from.data(), from.size()};
}

inline fj_str text(const std::optional<std::string> &from) noexcept {
  return from ? text(std::string_view(*from)) : fj_str{nullptr, 0};
}

/// Optional JSON: empty means absent.
inline fj_str options(std::string_view from) noexcept {
  return from.empty() ? fj_str{nullptr, 0} : text(from);
}

inline std::string copy(fj_str from) {
  return from.data == nullptr ? std::string() : std::string(from.data, from.len);
}

inline error taken(fj_status status, fj_error *given) {
  std::unique_ptr<fj_error, void (*)(fj_error *)> held(given, fj_error_free);
  std::vector<std::string> causes;
  for (size_t n = 0; fj_error_cause(given, n).data != nullptr; n++)
    causes.push_back(copy(fj_error_cause(given, n)));
  return error(status, copy(fj_error_message(given)), copy(fj_error_field(given)), std::move(causes));
}

/// Frees what the library made, whatever happens.
struct owned_text {
  fj_string raw{nullptr, 0};
  owned_text() = default;
  owned_text(const owned_text &) = delete;
  owned_text &operator=(const owned_text &) = delete;
  ~owned_text() { fj_string_free(&raw); }
  std::string str() const { return raw.data == nullptr ? std::string() : std::string(raw.data, raw.len); }
};

struct owned_bytes {
  fj_bytes raw{nullptr, 0};
  owned_bytes() = default;
  owned_bytes(const owned_bytes &) = delete;
  owned_bytes &operator=(const owned_bytes &) = delete;
  ~owned_bytes() { fj_bytes_free(&raw); }
  std::vector<std::uint8_t> vec() const { return {raw.data, raw.data + raw.len}; }
};

/// Makes a call.
template <typename Call>
done check(Call call) {
  fj_error *why = nullptr;
  fj_status status = call(&why);
  if (status != FJ_OK) return taken(status, why);
  return {};
}

/// Makes a call that answers with what `held` has then.
template <typename T, typename Held, typename Call>
result<T> checked(Call call, const Held &held) {
  fj_error *why = nullptr;
  fj_status status = call(&why);
  if (status != FJ_OK) return taken(status, why);
  return held();
}

/// Makes a call that answers with text.
template <typename Call>
text_result ask(Call call) {
  owned_text out;
  return checked<std::string>([&](fj_error **why) { return call(&out.raw, why); }, [&] { return out.str(); });
}

template <typename Call>
bytes_result ask_bytes(Call call) {
  owned_bytes out;
  return checked<std::vector<std::uint8_t>>([&](fj_error **why) { return call(&out.raw, why); },
                                            [&] { return out.vec(); });
}

/// Does what a callback of the program does; nothing that it throws leaves here. `failed` is given the
/// error, where it was one of these, and what it said, if it said something.
template <typename Work, typename Failed>
auto caught(const Work &work, const Failed &failed) noexcept -> decltype(work()) {
#ifdef __cpp_exceptions
  try {
    return work();
  } catch (const error &why) {
    return failed(&why, why.what());
  } catch (const std::exception &why) {
    return failed(nullptr, why.what());
  } catch (...) {
    return failed(nullptr, nullptr);
  }
#else
  (void)failed;
  return work();
#endif
}

template <typename T, void (*Free)(T *)>
struct freed {
  void operator()(T *handle) const noexcept { Free(handle); }
};
template <typename T, void (*Free)(T *)>
using handle = std::unique_ptr<T, freed<T, Free>>;

}  // namespace detail

/// For ever, where seconds are asked for.
inline constexpr double forever = std::numeric_limits<double>::infinity();

/// How an attempt ended, to be returned from a handler.
class outcome {
 public:
  static outcome complete(std::string_view result, std::string_view result_ref = {}) {
    return outcome(fj_outcome_complete(detail::text(result), detail::options(result_ref)));
  }
  static outcome retry(fj_status status, std::string_view message, double after_seconds = -1) {
    return outcome(fj_outcome_retry(status, detail::text(message), after_seconds));
  }
  static outcome snooze(double after_seconds) { return outcome(fj_outcome_snooze(after_seconds)); }
  static outcome fail(fj_status status, std::string_view message) {
    return outcome(fj_outcome_fail(status, detail::text(message)));
  }
  static outcome failed(fj_status status, std::string_view message) {
    return outcome(fj_outcome_error(status, detail::text(message)));
  }
  /// As what a call came to; an attempt that was told to stop is cancelled.
  static outcome failed(const error &why) { return failed(why.status(), why.what()); }
  /// The process in which the handler had the work done died; counts as a crash, not as an error.
  static outcome crashed(fj_status status, std::string_view message) {
    return outcome(fj_outcome_crashed(status, detail::text(message)));
  }
  static outcome cancelled() { return outcome(fj_outcome_cancelled()); }

  /// Gives the handle up.
  fj_outcome *release() noexcept { return raw_.release(); }

 private:
  explicit outcome(fj_outcome *raw) : raw_(raw) {}
  detail::handle<fj_outcome, fj_outcome_free> raw_;
};

/// One attempt of a job; lives until its handler returns.
class attempt {
 public:
  explicit attempt(const fj_attempt *raw) : raw_(raw) {}
  std::string_view payload() const noexcept { return view(fj_attempt_payload(raw_)); }
  std::string_view job_id() const noexcept { return view(fj_attempt_job_id(raw_)); }
  std::uint32_t number() const noexcept { return fj_attempt_number(raw_); }
  bool is_cancelled() const noexcept { return fj_attempt_is_cancelled(raw_); }
  /// Why the handler should stop; empty while it may go on.
  std::string_view cancel_reason() const noexcept { return view(fj_attempt_cancel_reason(raw_)); }
  /// Waits until the handler should stop, at most so long; returns whether it should.
  result<bool> wait(double seconds) const {
    fj_error *why = nullptr;
    const fj_status status = fj_attempt_wait(raw_, seconds, &why);
    if (status != FJ_OK && status != FJ_CANCELLED) return detail::taken(status, why);
    fj_error_free(why);
    return status == FJ_CANCELLED;
  }
  /// `FJ_CANCELLED` when the handler should stop; `check().value()` ends the attempt so by throwing.
  done check() const {
    if (is_cancelled()) return error(FJ_CANCELLED, "the work was cancelled");
    return {};
  }
  text_result job() const {
    return detail::ask([&](fj_string *out, fj_error **why) { return fj_attempt_job(raw_, out, why); });
  }
  /// Returns whether it was taken, which is of no consequence as a rule.
  bool progress(double fraction, std::string_view stage, std::string_view message = {}) const {
    return fj_attempt_progress(raw_, fraction, detail::text(stage), detail::options(message), nullptr) == FJ_OK;
  }
  done checkpoint(std::string_view value) const {
    return detail::check([&](fj_error **why) { return fj_attempt_checkpoint(raw_, detail::text(value), why); });
  }
  /// What the attempt before this one kept; empty for nothing.
  text_result kept() const {
    return detail::ask([&](fj_string *out, fj_error **why) { return fj_attempt_kept(raw_, out, why); });
  }
  bytes_result input(std::uint64_t limit) const {
    return detail::ask_bytes([&](fj_bytes *out, fj_error **why) {
      return fj_attempt_input(raw_, limit, out, why);
    });
  }
  text_result put_blob(const std::uint8_t *data, size_t length) const {
    return detail::ask([&](fj_string *out, fj_error **why) {
      return fj_attempt_put_blob(raw_, data, length, out, why);
    });
  }
  bytes_result read_blob(std::string_view name, std::uint64_t limit) const {
    return detail::ask_bytes([&](fj_bytes *out, fj_error **why) {
      return fj_attempt_read_blob(raw_, detail::text(name), limit, out, why);
    });
  }

 private:
  static std::string_view view(fj_str from) noexcept { return {from.data, from.len}; }
  const fj_attempt *raw_;
};

/// Does the work of one attempt. A floorjobs::error that it throws fails the attempt with its status;
/// any other exception counts as an error of the code `internal`.
using handler = std::function<outcome(const attempt &)>;
/// Told of everything that a worker does: JSON, and a line of a log or nothing. What it throws is lost.
using listener = std::function<void(std::string_view event, std::string_view log_line)>;

namespace detail {

/// Calls a handler of the program.
inline fj_outcome *call(void *userdata, const fj_attempt *given) noexcept {
  return caught([&] { return (*static_cast<const handler *>(userdata))(attempt(given)).release(); },
                [](const error *why, const char *says) {
                  if (says == nullptr) says = "the handler threw something that is no exception";
                  return fj_outcome_error(why == nullptr ? FJ_INTERNAL : why->status(), fj_str_of(says));
                });
}

/// A handler that stays whose it is.
inline fj_handler handler_of(const handler &run) noexcept {
  fj_handler options{};
  options.struct_size = sizeof options;
  options.run = call;
  options.userdata = const_cast<handler *>(&run);
  return options;
}

/// Calls a source of the program; what it throws costs its proposals.
template <typename Source>
fj_candidates *propose(void *userdata, fj_str proposal, std::uint32_t round, fj_str feedback) noexcept {
  return caught(
      [&] {
        const std::string layouts = (*static_cast<const Source *>(userdata))(
            std::string_view(proposal.data, proposal.len), round, std::string_view(feedback.data, feedback.len));
        return layouts.empty() ? nullptr : fj_candidates_of(text(std::string_view(layouts)));
      },
      [](const error *, const char *) { return fj_candidates_of(fj_str_of("the source threw")); });
}

template <typename T>
void release(void *userdata) noexcept {
  delete static_cast<T *>(userdata);
}

}  // namespace detail

/// Proposes layouts: given the proposal, the round and what was wrong with the round before, it returns a
/// JSON array as of fj_candidates_of(), or nothing. One that throws is asked no more.
using candidate_source =
    std::function<std::string(std::string_view proposal, std::uint32_t round, std::string_view feedback)>;

namespace detail {

/// A source that stays whose it is.
inline fj_candidate_source source_of(std::string_view name, const candidate_source &from) noexcept {
  fj_candidate_source source{};
  source.struct_size = sizeof source;
  source.name = text(name);
  source.propose = propose<candidate_source>;
  source.userdata = const_cast<candidate_source *>(&from);
  return source;
}

}  // namespace detail

/// What a host says about itself; what is left out comes from the environment, else the default.
struct settings {
  std::optional<std::string> database_url, blobs_url, redis_url, queue, durability;
  std::optional<std::uint32_t> max_retries;
  std::optional<double> retry_delay_seconds;
};

/// The changes of one job, until it ends.
class events {
 public:
  explicit events(fj_events *raw) : raw_(raw) {}
  /// The next change as JSON; empty after the end state. `FJ_TIMEOUT` when none comes.
  text_result next(double timeout_seconds = forever) {
    return detail::ask([&](fj_string *out, fj_error **why) {
      return fj_events_next(raw_.get(), timeout_seconds, out, why);
    });
  }

 private:
  detail::handle<fj_events, fj_events_free> raw_;
};

/// A store of jobs that is open. May be used by several threads at once.
class client {
 public:
  /// Opens it, and makes its files if need be.
  static result<client> open(const settings &given = {}) {
    fj_client_options options{};
    options.struct_size = sizeof options;
    options.database_url = detail::text(given.database_url);
    options.blobs_url = detail::text(given.blobs_url);
    options.redis_url = detail::text(given.redis_url);
    options.queue = detail::text(given.queue);
    options.durability = detail::text(given.durability);
    options.has_max_retries = given.max_retries.has_value();
    options.max_retries = given.max_retries.value_or(0);
    options.has_retry_delay = given.retry_delay_seconds.has_value();
    options.retry_delay_seconds = given.retry_delay_seconds.value_or(0);
    fj_client *made = nullptr;
    return detail::checked<client>([&](fj_error **why) { return fj_client_open(&options, &made, why); },
                                   [&] { return client(made); });
  }

  /// The handle, which stays this object's.
  fj_client *raw() const noexcept { return raw_.get(); }

  text_result enqueue(std::string_view request) const { return with(fj_client_enqueue, request); }
  text_result enqueue_many(std::string_view requests) const { return with(fj_client_enqueue_many, requests); }
  text_result get(std::string_view job_id) const { return with(fj_client_get, job_id); }
  text_result cancel(std::string_view job_id) const { return with(fj_client_cancel, job_id); }
  text_result retry(std::string_view job_id) const { return with(fj_client_retry, job_id); }
  text_result make_due(std::string_view job_id) const { return with(fj_client_make_due, job_id); }
  text_result attempts(std::string_view job_id) const { return with(fj_client_attempts, job_id); }
  text_result explain(std::string_view job_id) const { return with(fj_client_explain, job_id); }
  text_result estimate(std::string_view job_id) const { return with(fj_client_estimate, job_id); }
  text_result position(std::string_view job_id) const { return with(fj_client_position, job_id); }
  text_result parents(std::string_view job_id) const { return with(fj_client_parents, job_id); }

  /// Attempts that this program runs itself, without a worker.
  text_result hold(std::string_view job_id) const { return with(fj_client_hold, job_id); }
  text_result complete(std::string_view job_id, std::string_view result_ref = {}) const {
    return detail::ask([&](fj_string *out, fj_error **why) {
      return fj_client_complete(raw(), detail::text(job_id), detail::options(result_ref), out, why);
    });
  }
  text_result fail(std::string_view job_id, fj_status status, std::string_view message) const {
    return detail::ask([&](fj_string *out, fj_error **why) {
      return fj_client_fail(raw(), detail::text(job_id), status, detail::text(message), out, why);
    });
  }
  /// Runs one attempt on this thread, with the handler of the library or with one of the program's own.
  text_result run_here(std::string_view job_id) const {
    return detail::ask([&](fj_string *out, fj_error **why) {
      return fj_client_run_here(raw(), detail::text(job_id), nullptr, out, why);
    });
  }
  text_result run_here(std::string_view job_id, const handler &run) const {
    fj_handler options = detail::handler_of(run);
    return detail::ask([&](fj_string *out, fj_error **why) {
      return fj_client_run_here(raw(), detail::text(job_id), &options, out, why);
    });
  }

  text_result list(std::string_view filter = {}) const {
    return detail::ask([&](fj_string *out, fj_error **why) {
      return fj_client_list(raw(), detail::options(filter), out, why);
    });
  }
  text_result wait(std::string_view job_id, double timeout_seconds = forever) const {
    return detail::ask([&](fj_string *out, fj_error **why) {
      return fj_client_wait(raw(), detail::text(job_id), timeout_seconds, out, why);
    });
  }
  result<floorjobs::events> events(std::string_view job_id) const {
    fj_events *made = nullptr;
    return detail::checked<floorjobs::events>(
        [&](fj_error **why) { return fj_client_events(raw(), detail::text(job_id), &made, why); },
        [&] { return floorjobs::events(made); });
  }

  text_result ingest_file(std::string_view path, std::string_view options = {}) const {
    return detail::ask([&](fj_string *out, fj_error **why) {
      return fj_client_ingest_file(raw(), detail::text(path), detail::options(options), out, why);
    });
  }
  text_result ingest(const std::uint8_t *pdf, size_t length, std::string_view options = {}) const {
    return detail::ask([&](fj_string *out, fj_error **why) {
      return fj_client_ingest(raw(), pdf, length, detail::options(options), out, why);
    });
  }
  text_result generate(std::string_view request, std::string_view options = {}) const {
    return detail::ask([&](fj_string *out, fj_error **why) {
      return fj_client_generate(raw(), detail::text(request), detail::options(options), out, why);
    });
  }
  text_result price(std::int64_t layout_id, std::string_view options = {}) const {
    return detail::ask([&](fj_string *out, fj_error **why) {
      return fj_client_price(raw(), layout_id, detail::options(options), out, why);
    });
  }

  text_result floorplan(std::int64_t id) const { return about(fj_client_floorplan, id); }
  text_result floorplan_svg(std::int64_t id) const { return about(fj_client_floorplan_svg, id); }
  text_result layout(std::int64_t id) const { return about(fj_client_layout, id); }
  text_result layout_svg(std::int64_t id) const { return about(fj_client_layout_svg, id); }
  text_result bom(std::int64_t id) const { return about(fj_client_bom, id); }
  text_result bom_csv(std::int64_t id) const { return about(fj_client_bom_csv, id); }
  text_result newest_bom(std::int64_t floorplan_id) const { return about(fj_client_newest_bom, floorplan_id); }
  bytes_result bom_xlsx(std::int64_t id) const {
    return detail::ask_bytes([&](fj_bytes *out, fj_error **why) {
      return fj_client_bom_xlsx(raw(), id, out, why);
    });
  }

  text_result stats() const { return whole(fj_client_stats); }
  text_result paused() const { return whole(fj_client_paused); }
  text_result metrics() const { return whole(fj_client_metrics); }
  text_result doctor() const { return whole(fj_client_doctor); }
  text_result sweep() const { return whole(fj_client_sweep); }
  text_result materials() const { return whole(fj_client_materials); }
  text_result materials_csv() const { return whole(fj_client_materials_csv); }
  text_result import_materials(std::string_view name, std::string_view csv, std::string_view mode) const {
    return detail::ask([&](fj_string *out, fj_error **why) {
      return fj_client_import_materials(raw(), detail::text(name), detail::text(csv), detail::text(mode), out, why);
    });
  }
  done reset_materials() const {
    return detail::check([&](fj_error **why) { return fj_client_reset_materials(raw(), why); });
  }
  /// How many jobs were deleted; `retention` is JSON, empty for the usual.
  result<std::uint64_t> prune(std::string_view retention = {}) const {
    std::uint64_t pruned = 0;
    return detail::checked<std::uint64_t>(
        [&](fj_error **why) { return fj_client_prune(raw(), detail::options(retention), &pruned, why); },
        [&] { return pruned; });
  }
  text_result backup(std::string_view path, bool overwrite = false) const {
    return detail::ask([&](fj_string *out, fj_error **why) {
      return fj_client_backup(raw(), detail::text(path), overwrite, out, why);
    });
  }
  text_result check_integrity(bool deep = false) const {
    return detail::ask([&](fj_string *out, fj_error **why) {
      return fj_client_check_integrity(raw(), deep, out, why);
    });
  }
  done check_health() const {
    return detail::check([&](fj_error **why) { return fj_client_check_health(raw(), why); });
  }
  done pause(std::string_view queue) const {
    return detail::check([&](fj_error **why) { return fj_client_pause(raw(), detail::text(queue), why); });
  }
  done resume(std::string_view queue) const {
    return detail::check([&](fj_error **why) { return fj_client_resume(raw(), detail::text(queue), why); });
  }

 private:
  explicit client(fj_client *raw) : raw_(raw) {}

  using text_call = fj_status (*)(const fj_client *, fj_str, fj_string *, fj_error **);
  using id_call = fj_status (*)(const fj_client *, std::int64_t, fj_string *, fj_error **);
  using whole_call = fj_status (*)(const fj_client *, fj_string *, fj_error **);

  text_result with(text_call call, std::string_view text) const {
    return detail::ask([&](fj_string *out, fj_error **why) {
      return call(raw(), detail::text(text), out, why);
    });
  }
  text_result about(id_call call, std::int64_t id) const {
    return detail::ask([&](fj_string *out, fj_error **why) { return call(raw(), id, out, why); });
  }
  text_result whole(whole_call call) const {
    return detail::ask([&](fj_string *out, fj_error **why) { return call(raw(), out, why); });
  }

  detail::handle<fj_client, fj_client_free> raw_;
};

/// How a worker works; zeros are the usual.
struct worker_options {
  std::vector<std::string> queues;
  std::uint32_t concurrency = 0;
  bool drain = false;
  double timeout_seconds = 0;
  double lease_seconds = 0;
  double stall_after_seconds = 0;
  fj_stall_action stall_action = FJ_STALL_DEFAULT;
  double shutdown_grace_seconds = 0;
  bool handle_signals = false;
  bool keep_unnamed_blobs = false;
  std::uint64_t max_jobs = 0;
  /// JSON, as of client::prune().
  std::string retention;
  listener on_event;
};

/// What a kind does differently from its worker; zeros are the worker's.
struct kind_options {
  double timeout_seconds = 0;
  double retry_delay_seconds = 0;
  double stall_after_seconds = 0;
  fj_stall_action stall_action = FJ_STALL_DEFAULT;
  std::uint32_t max_attempts = 0;
  std::uint32_t concurrency = 0;
};

/// Runs the jobs of some queues in this process.
class worker {
 public:
  /// Makes a worker of the jobs of a client, which may be let go before it.
  static result<worker> make(const client &store, const worker_options &given = {}) {
    std::vector<fj_str> queues;
    for (const auto &queue : given.queues) queues.push_back(detail::text(std::string_view(queue)));
    fj_worker_options options{};
    options.struct_size = sizeof options;
    options.queues = queues.empty() ? nullptr : queues.data();
    options.queue_count = queues.size();
    options.concurrency = given.concurrency;
    options.drain = given.drain;
    options.timeout_seconds = given.timeout_seconds;
    options.lease_seconds = given.lease_seconds;
    options.stall_after_seconds = given.stall_after_seconds;
    options.stall_action = given.stall_action;
    options.shutdown_grace_seconds = given.shutdown_grace_seconds;
    options.handle_signals = given.handle_signals;
    options.keep_unnamed_blobs = given.keep_unnamed_blobs;
    options.max_jobs = given.max_jobs;
    options.retention = detail::options(given.retention);
    std::unique_ptr<listener> held;
    if (given.on_event) {
      held = std::make_unique<listener>(given.on_event);
      options.on_event = tell;
      options.event_userdata = held.get();
      options.release_event_userdata = detail::release<listener>;
    }
    fj_worker *made = nullptr;
    return detail::checked<worker>(
        [&](fj_error **why) { return fj_worker_new(store.raw(), &options, &made, why); },
        [&] {
          held.release();  // the library's now
          return worker(made);
        });
  }

  /// Makes a function the handler of a kind.
  done handle(std::string_view kind, handler run, const kind_options &given = {}) {
    auto held = std::make_unique<handler>(std::move(run));
    fj_handler options = detail::handler_of(*held);
    options.release = detail::release<handler>;
    options.timeout_seconds = given.timeout_seconds;
    options.retry_delay_seconds = given.retry_delay_seconds;
    options.stall_after_seconds = given.stall_after_seconds;
    options.stall_action = given.stall_action;
    options.max_attempts = given.max_attempts;
    options.concurrency = given.concurrency;
    done made = detail::check([&](fj_error **why) {
      return fj_worker_handle(raw_.get(), detail::text(kind), &options, why);
    });
    if (made) held.release();  // the library\'s now
    return made;
  }

  /// Lets a source propose layouts for the `generate` jobs of this worker; `store` is the worker's client.
  done propose(const client &store, std::string_view name, candidate_source from) {
    auto held = std::make_unique<candidate_source>(std::move(from));
    fj_candidate_source source = detail::source_of(name, *held);
    source.release = detail::release<candidate_source>;
    done made = detail::check([&](fj_error **why) {
      return fj_worker_propose(raw_.get(), store.raw(), &source, why);
    });
    if (made) held.release();  // the library\'s now
    return made;
  }

  /// Runs on this thread until it is stopped or has drained its queues; returns the report as JSON.
  text_result run() {
    return detail::ask([&](fj_string *out, fj_error **why) { return fj_worker_run(raw_.get(), out, why); });
  }
  done start() {
    return detail::check([&](fj_error **why) { return fj_worker_start(raw_.get(), why); });
  }
  done stop(double grace_seconds = -1) {
    return detail::check([&](fj_error **why) { return fj_worker_stop(raw_.get(), grace_seconds, why); });
  }
  text_result wait(double timeout_seconds = forever) {
    return detail::ask([&](fj_string *out, fj_error **why) {
      return fj_worker_wait(raw_.get(), timeout_seconds, out, why);
    });
  }

 private:
  explicit worker(fj_worker *raw) : raw_(raw) {}

  static void tell(void *userdata, fj_str event, fj_str line) noexcept {
    // A listener that fails must not stop the worker.
    detail::caught([&] { (*static_cast<listener *>(userdata))({event.data, event.len}, {line.data, line.len}); },
                   [](const error *, const char *) {});
  }

  detail::handle<fj_worker, fj_worker_free> raw_;
};

/// Brings the schema of a database up to date, or makes it; the numbers before and after as JSON.
inline text_result migrate(const std::optional<std::string> &database_url = {}) {
  return detail::ask([&](fj_string *out, fj_error **why) {
    return fj_migrate(detail::text(database_url), out, why);
  });
}

/// Who follows a piece of work, and may end it; both may be empty. What they throw is lost, and ends the
/// work where it was asked whether to go on.
struct watch {
  std::function<void(double fraction, std::string_view stage)> progress;
  /// True makes the work end with `FJ_CANCELLED`.
  std::function<bool()> is_cancelled;
};

namespace detail {

inline fj_watch watch_of(const watch &given) noexcept {
  fj_watch made{};
  made.struct_size = sizeof made;
  made.userdata = const_cast<watch *>(&given);
  if (given.progress)
    made.progress = [](void *userdata, double fraction, fj_str stage) {
      // Progress is for people: the work goes on.
      caught([&] { static_cast<const watch *>(userdata)->progress(fraction, {stage.data, stage.len}); },
             [](const error *, const char *) {});
    };
  if (given.is_cancelled)
    made.is_cancelled = [](void *userdata) {
      return caught([&] { return static_cast<int>(static_cast<const watch *>(userdata)->is_cancelled()); },
                    [](const error *, const char *) { return 1; });
    };
  return made;
}

}  // namespace detail

/// What was read of a PDF, here and now: the JSON document, and a picture over the drawing.
struct reading {
  std::string document, svg;
};
inline result<reading> ingest_pdf(const std::uint8_t *pdf, size_t length, std::string_view options = {},
                          const watch &followed = {}) {
  detail::owned_text document, svg;
  const fj_watch following = detail::watch_of(followed);
  return detail::checked<reading>(
      [&](fj_error **why) {
        return fj_ingest_pdf(pdf, length, detail::options(options), &following, &document.raw, &svg.raw, why);
      },
      [&] { return reading{document.str(), svg.str()}; });
}

/// A layout and its bill, here and now: `{"answer", "bom"}`, and a picture of the best layout.
struct design {
  std::string document, svg;
};
/// The catalogue is CSV, empty for that of the library; `from` proposes layouts beside the native search.
inline result<design> generate(std::string_view request, std::string_view catalogue_csv = {}, const watch &followed = {},
                       const candidate_source &from = {}, std::string_view source_name = "host") {
  detail::owned_text document, svg;
  const fj_watch following = detail::watch_of(followed);
  const fj_candidate_source source = detail::source_of(source_name, from);
  return detail::checked<design>(
      [&](fj_error **why) {
        return fj_generate(detail::text(request), detail::options(catalogue_csv), from ? &source : nullptr,
                           &following, &document.raw, &svg.raw, why);
      },
      [&] { return design{document.str(), svg.str()}; });
}

/// A value out of a JSON text by its JSON Pointer, such as `/job_id`: what a text says, any other value as
/// JSON, nothing for `null`. It reads all of the text every time.
inline text_result json_get(std::string_view json, std::string_view pointer) {
  return detail::ask([&](fj_string *out, fj_error **why) {
    return fj_json_get(detail::text(json), detail::text(pointer), out, why);
  });
}
/// How many elements an array in a JSON text has, or how many members an object.
inline result<std::uint64_t> json_count(std::string_view json, std::string_view pointer) {
  std::uint64_t count = 0;
  return detail::checked<std::uint64_t>(
      [&](fj_error **why) { return fj_json_count(detail::text(json), detail::text(pointer), &count, why); },
      [&] { return count; });
}

/// A bill of materials, as `bom` of generate(), as CSV and as a workbook.
inline text_result bom_csv(std::string_view bom) {
  return detail::ask([&](fj_string *out, fj_error **why) { return fj_bom_csv(detail::text(bom), out, why); });
}
inline bytes_result bom_xlsx(std::string_view bom) {
  return detail::ask_bytes([&](fj_bytes *out, fj_error **why) {
    return fj_bom_xlsx(detail::text(bom), out, why);
  });
}

}  // namespace floorjobs

#endif
