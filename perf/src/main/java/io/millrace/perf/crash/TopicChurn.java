package io.millrace.perf.crash;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;

/**
 * Creates a topic every now and then and deletes every third, so that the broker also dies amid decisions. A decision
 * that was acknowledged must hold after the restart. Owned by the thread of the run, except {@link #loop}.
 */
final class TopicChurn implements AutoCloseable {
    private static final int LIMIT_SECONDS = 30;

    private final Admin admin;
    private final Thread thread;
    private final Set<String> created = new TreeSet<>(); // guarded by this, as the next
    private final Set<String> deleted = new TreeSet<>();
    private volatile boolean closed;

    TopicChurn(String bootstrap) {
        admin = Admin.create(Map.of(
                "bootstrap.servers", bootstrap, "reconnect.backoff.max.ms", 100, "default.api.timeout.ms", 120_000));
        thread = new Thread(this::loop, "topic-churn");
        thread.setDaemon(true);
        thread.start();
    }

    private void loop() {
        try {
            for (int i = 0; !closed; i++) {
                change("churn-" + i, i % 3 == 0);
                TimeUnit.MILLISECONDS.sleep(150);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void change(String name, boolean delete) throws InterruptedException {
        try {
            admin.createTopics(List.of(new NewTopic(name, 1, (short) 1))).all().get();
            if (!delete) {
                add(created, name);
                return;
            }
            admin.deleteTopics(List.of(name)).all().get();
            add(deleted, name);
        } catch (ExecutionException e) {
            // Unknown, or refused because the retry met its own first attempt: nothing was promised.
        }
    }

    private synchronized void add(Set<String> names, String name) {
        names.add(name);
    }

    /** Compares what was promised so far with what the broker lists. @return what does not hold */
    List<String> check() throws InterruptedException, ExecutionException {
        Set<String> mustExist;
        Set<String> mustNot;
        synchronized (this) {
            mustExist = new TreeSet<>(created);
            mustNot = new TreeSet<>(deleted);
        }
        try {
            Set<String> listed = admin.listTopics().names().get(LIMIT_SECONDS, TimeUnit.SECONDS);
            List<String> violations = new ArrayList<>();
            mustExist.stream().filter(t -> !listed.contains(t)).forEach(t -> violations.add("topic " + t + " is lost"));
            mustNot.stream().filter(listed::contains).forEach(t -> violations.add("topic " + t + " is back"));
            return violations;
        } catch (java.util.concurrent.TimeoutException e) {
            return List.of("topics were not listed in " + LIMIT_SECONDS + " s");
        }
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
        admin.close(java.time.Duration.ZERO);
    }
}
