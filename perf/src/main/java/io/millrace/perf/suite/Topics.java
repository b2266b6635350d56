package io.millrace.perf.suite;

import io.millrace.perf.target.RunningBroker;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;

/** Makes and deletes topics of one broker, the same way on every system. Owned by one thread. */
final class Topics implements AutoCloseable {
    /** Deleted files go at once, or they would go during a later round. */
    private static final Map<String, String> SETTINGS = Map.of("file.delete.delay.ms", "0");

    private final Admin admin;
    private int created;

    Topics(RunningBroker broker) {
        admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrap(), "default.api.timeout.ms", 180_000));
    }

    /** A new topic of a name that was not there before. */
    String create(int partitions) throws IOException, InterruptedException {
        String name = "perf-" + ++created;
        create(name, partitions);
        return name;
    }

    /** A new topic of that name. @throws IOException when the broker refuses */
    void create(String name, int partitions) throws IOException, InterruptedException {
        try {
            admin.createTopics(List.of(new NewTopic(name, partitions, (short) 1).configs(SETTINGS)))
                    .all()
                    .get();
        } catch (ExecutionException e) {
            throw new IOException("topic " + name + " was not created: " + e.getCause(), e);
        }
    }

    void delete(String name) throws IOException, InterruptedException {
        try {
            admin.deleteTopics(List.of(name)).all().get();
        } catch (ExecutionException e) {
            throw new IOException("topic " + name + " was not deleted: " + e.getCause(), e);
        }
    }

    @Override
    public void close() {
        admin.close();
    }
}
