package io.millrace.perf.heavy;

import io.millrace.perf.check.CheckFailed;
import io.millrace.perf.target.RunningBroker;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** What groups read. */
record GroupTopic(String name, int partitions) {
    private static final Duration LIMIT = Duration.ofMinutes(1);

    /** A new one that the broker knows in all its parts, as it does the topic of the groups. */
    static GroupTopic create(RunningBroker broker, String name, int partitions) throws Exception {
        GroupTopic topic = new GroupTopic(name, partitions);
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrap()))) {
            admin.createTopics(List.of(new NewTopic(name, partitions, (short) 1)))
                    .all()
                    .get();
            long end = System.nanoTime() + LIMIT.toNanos();
            while (!topic.isKnown(admin)) {
                if (System.nanoTime() > end) {
                    throw new CheckFailed("topic " + name + " was created and is unknown after " + LIMIT);
                }
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
            }
            // Creates the topic of the groups.
            admin.listConsumerGroupOffsets("any")
                    .partitionsToOffsetAndMetadata()
                    .get();
        }
        return topic;
    }

    private boolean isKnown(Admin admin) throws ExecutionException, InterruptedException {
        try {
            admin.describeTopics(List.of(name)).allTopicNames().get();
            return true;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof UnknownTopicOrPartitionException) {
                return false; // Kafka says that it is created before its broker has heard of it
            }
            throw e;
        }
    }
}
