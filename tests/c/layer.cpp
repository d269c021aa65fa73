// The C++ layer: what is thrown, what is moved, what is let go.
#include "floorjobs.hpp"

#include "check.h"

#include <atomic>
#include <memory>
#include <string>

namespace {

std::string id_of(const std::string &job) {
  const auto from = job.find("\"job_id\":\"") + 10;
  return job.substr(from, 36);
}

bool says(const std::string &json, const char *part) { return json.find(part) != std::string::npos; }

floorjobs::settings in(const std::string &folder) {
  floorjobs::settings settings;
  settings.database_url = "sqlite:///" + folder + "/jobs.db";
  settings.max_retries = 0;
  return settings;
}

// Counted when the last copy of a handler is gone.
struct counted {
  std::atomic<int> *alive;
  explicit counted(std::atomic<int> *count) : alive(count) { ++*alive; }
  ~counted() { --*alive; }
};

void errors_are_thrown(const floorjobs::client &jobs) {
  try {
    jobs.enqueue(R"({"kind": "k", "colour": 1})");
    CHECK(!"refused");
  } catch (const floorjobs::error &error) {
    CHECK(error.status() == FJ_INVALID_INPUT && error.field() == "colour");
    CHECK(std::string(error.code()) == "invalid_input" && !error.is_retryable());
    CHECK(std::string(error.what()).size() > 3);
  }
  auto found = floorjobs::attempt_or([&] { return jobs.list(); });
  CHECK(found && says(found.value(), "\"jobs\":["));
  auto missing = floorjobs::attempt_or([&] { return jobs.floorplan(99); });
  CHECK(!missing && missing.error().status() == FJ_NOT_FOUND);
  try {
    floorjobs::settings bad;
    bad.database_url = "mysql://";
    floorjobs::client refused(bad);
    CHECK(!"refused");
  } catch (const floorjobs::error &error) {
    CHECK(error.status() == FJ_INVALID_INPUT);
  }
}

void handlers_may_throw(const floorjobs::client &jobs) {
  std::atomic<int> alive{0}, heard{0};
  {
    auto token = std::make_shared<counted>(&alive);
    floorjobs::worker_options options;
    options.drain = true;
    options.queues = {"default"};
    options.on_event = [token, &heard](std::string_view event, std::string_view) {
      CHECK(!event.empty());
      if (++heard == 3) throw std::runtime_error("a listener that fails");
    };
    floorjobs::worker first(jobs, options);
    first.handle("throws", [token](const floorjobs::attempt &attempt) -> floorjobs::outcome {
      const std::string how(attempt.payload());
      if (how == "1") throw std::runtime_error("an exception");
      if (how == "2") throw 7;
      if (how == "3") throw floorjobs::error(FJ_SCALE_UNKNOWN, "no scale");
      if (how == "4") throw floorjobs::error(FJ_CANCELLED, "enough");
      attempt.check();
      attempt.progress(0.25, "stage", "message");
      CHECK(attempt.kept().empty() && attempt.number() == 1);
      const std::string name = attempt.put_blob(reinterpret_cast<const std::uint8_t *>("abc"), 3);
      CHECK(attempt.get_blob(name, 3).size() == 3);
      CHECK(says(attempt.job(), std::string(attempt.job_id()).c_str()));
      return floorjobs::outcome::complete("[1]", R"({"blob": ")" + name + "\"}");
    });
    floorjobs::worker worker(std::move(first));  // the handlers go along
    std::string ids[5];
    for (int n = 1; n <= 5; n++)
      ids[n - 1] = id_of(jobs.enqueue(R"({"kind": "throws", "payload": )" + std::to_string(n) + "}"));
    CHECK(says(worker.run(), "\"reason\":\"drained\""));
    CHECK(says(jobs.get(ids[0]), "\"error_code\":\"internal\",\"error_message\":\"an exception\""));
    CHECK(says(jobs.get(ids[1]), "\"error_code\":\"internal\""));
    CHECK(says(jobs.get(ids[2]), "\"error_code\":\"scale_unknown\",\"error_message\":\"no scale\""));
    CHECK(says(jobs.get(ids[3]), "\"status\":\"cancelled\""));
    CHECK(says(jobs.wait(ids[4], 0), "\"result\":[1]"));
    CHECK(heard > 5 && alive == 1);
  }
  CHECK(alive == 0);
}

void changes_are_told(const floorjobs::client &jobs) {
  const std::string id = id_of(jobs.enqueue(R"({"kind": "watched"})"));
  floorjobs::events events = jobs.events(id);
  CHECK(says(events.next(), "\"opened\""));
  jobs.cancel(id);
  CHECK(says(events.next(5), "\"cancelled\""));
  CHECK(events.next().empty());
  // An outcome that is not returned is freed.
  floorjobs::outcome unused = floorjobs::outcome::fail(FJ_INTERNAL, "x");
  floorjobs::outcome moved = std::move(unused);
}

}  // namespace

int main(int argc, char **argv) {
  CHECK(argc == 2);
  floorjobs::client jobs(in(argv[1]));
  errors_are_thrown(jobs);
  handlers_may_throw(jobs);
  changes_are_told(jobs);
  const auto design = floorjobs::generate(
      R"({"program": {"prompt": "2 offices"}, "solver": {"alternatives": 1},
          "site": {"perimeter_mm": [[0,0],[9000,0],[9000,6000],[0,6000]]}})");
  CHECK(says(design.document, "\"bom\":{") && says(design.svg, "<svg"));
  return 0;
}
