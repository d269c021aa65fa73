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

void errors_are_told(const floorjobs::client &jobs) {
  auto refused = jobs.enqueue(R"({"kind": "k", "colour": 1})");
  CHECK(!refused && refused.error().status() == FJ_INVALID_INPUT && refused.error().field() == "colour");
  CHECK(std::string(refused.error().code()) == "invalid_input" && !refused.error().is_retryable());
  CHECK(std::string(refused.error().what()).size() > 3);
  auto found = jobs.list();
  CHECK(found && says(*found, "\"jobs\":[") && found->size() == found.value().size());
  auto missing = jobs.floorplan(99);
  CHECK(!missing && missing.error().status() == FJ_NOT_FOUND);
  auto queue = jobs.pause("not a name!");
  CHECK(!queue && queue.error().field() == "queue");
  floorjobs::settings bad;
  bad.database_url = "mysql://";
  auto opened = floorjobs::client::open(bad);
  CHECK(!opened && opened.error().status() == FJ_INVALID_INPUT);
  floorjobs::worker_options none;
  none.queues = {"not a name!"};
  auto made = floorjobs::worker::make(jobs, none);
  CHECK(!made && made.error().status() == FJ_INVALID_INPUT);
}

// Only who asks for a value that is not there is thrown at.
void errors_are_thrown_where_that_is_asked_for(const floorjobs::client &jobs) {
  int thrown = 0;
  try {
    jobs.floorplan(99).value();
  } catch (const floorjobs::error &error) {
    thrown += error.status() == FJ_NOT_FOUND;
  }
  auto kept = jobs.get("no id");
  try {
    CHECK(kept.value().empty());
  } catch (const std::runtime_error &error) {
    thrown += std::string(error.what()) == kept.error().what();
  }
  try {
    jobs.pause("not a name!").value();
  } catch (const floorjobs::error &error) {
    thrown += error.field() == "queue";
  }
  CHECK(thrown == 3);
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
    auto first = floorjobs::worker::make(jobs, options).value();
    auto handled = first.handle("throws", [token](const floorjobs::attempt &attempt) -> floorjobs::outcome {
      const std::string how(attempt.payload());
      if (how == "1") throw std::runtime_error("an exception");
      if (how == "2") throw 7;
      if (how == "3") throw floorjobs::error(FJ_SCALE_UNKNOWN, "no scale");
      if (how == "4") throw floorjobs::error(FJ_CANCELLED, "enough");
      if (how == "5") attempt.read_blob("no name", 1).value();
      attempt.check().value();
      CHECK(!attempt.wait(0.001).value() && attempt.cancel_reason().empty());
      CHECK(attempt.progress(0.25, "stage", "message") && !attempt.progress(7, "stage"));
      CHECK(attempt.kept()->empty() && attempt.number() == 1);
      const std::string name = attempt.put_blob(reinterpret_cast<const std::uint8_t *>("abc"), 3).value();
      CHECK(attempt.read_blob(name, 3)->size() == 3);
      CHECK(says(*attempt.job(), std::string(attempt.job_id()).c_str()));
      return floorjobs::outcome::complete("[1]", R"({"blob": ")" + name + "\"}");
    });
    floorjobs::worker worker(std::move(first));  // the handlers go along
    CHECK(handled);
    std::string ids[6];
    for (int n = 1; n <= 6; n++)
      ids[n - 1] = id_of(*jobs.enqueue(R"({"kind": "throws", "payload": )" + std::to_string(n) + "}"));
    CHECK(says(*worker.run(), "\"reason\":\"drained\""));
    CHECK(says(*jobs.get(ids[0]), "\"error_code\":\"internal\",\"error_message\":\"an exception\""));
    CHECK(says(*jobs.get(ids[1]), "\"error_code\":\"internal\""));
    CHECK(says(*jobs.get(ids[2]), "\"error_code\":\"scale_unknown\",\"error_message\":\"no scale\""));
    CHECK(says(*jobs.get(ids[3]), "\"status\":\"cancelled\""));
    CHECK(says(*jobs.get(ids[4]), "\"error_code\":\"invalid_input\""));
    CHECK(says(*jobs.wait(ids[5], 0), "\"result\":[1]"));
    CHECK(heard > 5 && alive == 1);
  }
  CHECK(alive == 0);
}

void changes_are_told(const floorjobs::client &jobs) {
  const std::string id = id_of(*jobs.enqueue(R"({"kind": "watched"})"));
  floorjobs::events events = jobs.events(id).value();
  CHECK(says(*events.next(), "\"opened\""));
  CHECK(jobs.cancel(id));
  CHECK(says(*events.next(5), "\"cancelled\""));
  CHECK(events.next()->empty());
  // An outcome that is not returned is freed.
  floorjobs::outcome unused = floorjobs::outcome::fail(FJ_INTERNAL, "x");
  floorjobs::outcome moved = std::move(unused);
}

// What a program without a worker does, and what a worker may be told besides.
void jobs_are_held_and_forgotten(const floorjobs::client &jobs) {
  const std::string first = id_of(*jobs.enqueue(R"({"kind": "held", "queue": "held"})"));
  const std::string second =
      id_of(*jobs.enqueue(R"({"kind": "held", "queue": "held", "after": [")" + first + R"("]})"));
  CHECK(*jobs.position(first) == "0" && *jobs.position(second) == "null");
  CHECK(*jobs.parents(second) == "[\"" + first + "\"]");
  CHECK(jobs.hold(first));
  CHECK(says(*jobs.complete(first, R"({"page": 1})"), "\"result_ref\":{\"page\":1}"));
  const floorjobs::handler throws = [](const floorjobs::attempt &) -> floorjobs::outcome {
    throw floorjobs::error(FJ_SCALE_UNKNOWN, "no scale");
  };
  CHECK(says(*jobs.run_here(second, throws), "\"error_code\":\"scale_unknown\""));
  auto gone = jobs.run_here(second);
  CHECK(!gone && gone.error().status() == FJ_UNSUPPORTED);  // the library has no handler for it
  CHECK(jobs.retry(second) && jobs.hold(second));
  CHECK(says(*jobs.fail(second, FJ_CORRUPT, "torn"), "\"error_code\":\"corrupt\""));
  CHECK(*jobs.prune() == 0 && *jobs.prune(R"({"failed": 0, "succeeded": null})") >= 1);
  CHECK(says(*jobs.sweep(), "\"blobs\":0"));
  CHECK(says(*jobs.check_integrity(true), "\"problems\":[]"));
  const std::string rates = jobs.materials_csv().value();
  CHECK(says(*jobs.import_materials("mine", rates, "replace"), "\"mine\""));
  CHECK(jobs.reset_materials());

  const std::string crashed = id_of(*jobs.enqueue(R"({"kind": "dies", "queue": "dies"})"));
  floorjobs::worker_options options;
  options.queues = {"dies"};
  options.max_jobs = 1;
  options.retention = R"({"failed": null})";
  auto worker = floorjobs::worker::make(jobs, options).value();
  CHECK(worker.handle("dies", [](const floorjobs::attempt &) {
    return floorjobs::outcome::crashed(FJ_INTERNAL, "its process died");
  }));
  CHECK(says(*worker.run(), "\"reason\":\"enough\""));
  CHECK(says(*jobs.get(crashed), "\"crashes\":1"));
  CHECK(jobs.cancel(crashed));
}

void sources_may_throw(const floorjobs::client &jobs) {
  const char *request =
      R"({"program": {"prompt": "2 offices"}, "solver": {"alternatives": 1},
          "site": {"perimeter_mm": [[0,0],[9000,0],[9000,6000],[0,6000]]}})";
  int asked = 0;
  const floorjobs::candidate_source source = [&asked](std::string_view proposal, std::uint32_t, std::string_view) {
    CHECK(!proposal.empty());
    if (++asked > 0) throw std::runtime_error("a source that fails");
    return std::string();
  };
  double last = -1;
  floorjobs::watch watch;
  watch.progress = [&last](double fraction, std::string_view stage) {
    CHECK(!stage.empty());
    last = fraction;
    throw std::runtime_error("nobody looks");
  };
  const auto design = floorjobs::generate(request, {}, watch, source).value();
  CHECK(says(design.document, "\"bom\":{") && says(design.svg, "<svg"));
  CHECK(asked == 1 && last > 0);
  const auto bom = design.document.find(",\"bom\":") + 7;
  const std::string bill = design.document.substr(bom, design.document.size() - bom - 1);
  CHECK(says(*floorjobs::bom_csv(bill), "material_name") && floorjobs::bom_xlsx(bill)->size() > 1000);
  watch.is_cancelled = []() -> bool { throw 7; };
  auto ended = floorjobs::generate(request, {}, watch);
  CHECK(!ended && ended.error().status() == FJ_CANCELLED);

  asked = 0;
  const std::string id = id_of(*jobs.generate(request, R"({"queue": "design"})"));
  floorjobs::worker_options options;
  options.queues = {"design"};
  options.drain = true;
  auto worker = floorjobs::worker::make(jobs, options).value();
  CHECK(worker.propose(jobs, "host", source) && worker.run());
  CHECK(asked == 1 && says(*jobs.get(id), "\"status\":\"succeeded\""));
}

}  // namespace

int main(int argc, char **argv) {
  CHECK(argc == 2);
  const floorjobs::client jobs = floorjobs::client::open(in(argv[1])).value();
  errors_are_told(jobs);
  errors_are_thrown_where_that_is_asked_for(jobs);
  handlers_may_throw(jobs);
  changes_are_told(jobs);
  jobs_are_held_and_forgotten(jobs);
  sources_may_throw(jobs);
  CHECK(says(*floorjobs::migrate("sqlite:///" + std::string(argv[1]) + "/jobs.db"), "\"to\":"));
  CHECK(jobs.backup(std::string(argv[1]) + "/copy.db"));
  return 0;
}
