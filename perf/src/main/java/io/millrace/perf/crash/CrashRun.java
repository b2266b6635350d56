package io.millrace.perf.crash;

import io.millrace.perf.target.RunningBroker;
import io.millrace.perf.target.Target;
import io.millrace.perf.target.Target.BrokerSetup;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.jspecify.annotations.Nullable;

/** One run: load, kill, restart, compare, and again on the same data folder. Owned by one thread. */
final class CrashRun implements AutoCloseable {
    private static final String TOPIC = "crash";
    private static final int PARTITIONS = 6;
    private static final int WRITERS = 3;
    private static final Duration ANSWER_LIMIT = Duration.ofSeconds(110);

    private final Target target;
    private final BrokerSetup setup;
    private final SplittableRandom random;
    private final Ledger ledger = new Ledger();
    private final List<Writer> writers = new ArrayList<>();
    private final LogReader reader;
    private RunningBroker broker;
    private @Nullable TopicChurn churn;
    private int nextWriter;

    CrashRun(Target target, BrokerSetup setup, long seed) throws IOException {
        this.target = target;
        this.setup = setup;
        this.random = new SplittableRandom(seed);
        this.broker = RunningBroker.start(target, setup, target.usualJvmOptions());
        this.reader = new LogReader(broker.bootstrap(), TOPIC, PARTITIONS);
    }

    /** Creates the topic, with segments so small that they roll under load, and starts the load. */
    void begin() throws InterruptedException, ExecutionException {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrap()))) {
            NewTopic topic = new NewTopic(TOPIC, PARTITIONS, (short) 1)
                    .configs(Map.of("segment.bytes", Integer.toString(1 << 20), "retention.ms", "-1"));
            admin.createTopics(List.of(topic)).all().get();
        }
        for (int i = 0; i < WRITERS; i++) {
            writers.add(newWriter());
        }
        churn = new TopicChurn(broker.bootstrap());
    }

    /** Lets the load run for a random time, then kills the broker in the middle of it. */
    void kill() throws InterruptedException {
        TimeUnit.MILLISECONDS.sleep(200 + random.nextInt(1800));
        broker.kill();
        if (random.nextInt(3) == 0) {
            int victim = random.nextInt(writers.size());
            writers.get(victim).close();
            writers.set(victim, newWriter());
        }
    }

    /** Starts the broker on the same folder; one start in four is itself killed. */
    void restart() throws IOException, InterruptedException {
        while (random.nextInt(4) == 0) {
            broker = RunningBroker.launch(target, setup, target.usualJvmOptions());
            TimeUnit.MILLISECONDS.sleep(100 + random.nextInt(1500));
            broker.kill();
        }
        broker = RunningBroker.start(target, setup, target.usualJvmOptions());
    }

    /** Lets every writer come to rest, and compares the whole log with the ledger. @return what does not hold */
    List<String> compare(int round) throws InterruptedException, ExecutionException {
        List<String> violations = new ArrayList<>();
        for (Writer writer : writers) {
            if (!writer.pause(ANSWER_LIMIT)) {
                violations.add("a writer got no answer in " + ANSWER_LIMIT + ", last failure " + writer.lastFailure());
            }
            if (writer.failures() > 0) {
                violations.add(writer.failures() + " sends failed, the last with " + writer.lastFailure());
            }
        }
        LogReader.Outcome outcome = reader.compare(ledger);
        violations.addAll(outcome.violations());
        if (churn != null) {
            violations.addAll(churn.check());
        }
        System.out.printf(
                "kill %d: %d acknowledged, %d in the log, %s%n",
                round,
                ledger.acknowledgedCount(),
                outcome.records(),
                violations.isEmpty() ? "each once, in order, byte for byte" : violations.size() + " VIOLATIONS");
        return violations;
    }

    void resume() {
        writers.forEach(Writer::resume);
    }

    private Writer newWriter() {
        return new Writer(nextWriter++, broker.bootstrap(), TOPIC, PARTITIONS, ledger, random.split());
    }

    @Override
    public void close() {
        writers.forEach(Writer::close);
        if (churn != null) {
            churn.close();
        }
        broker.close();
    }
}
