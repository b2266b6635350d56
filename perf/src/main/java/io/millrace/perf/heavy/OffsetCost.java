package io.millrace.perf.heavy;

import io.millrace.perf.check.CheckFailed;
import io.millrace.perf.process.ProcStat;
import io.millrace.perf.target.RunningBroker;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestPartition;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestTopic;
import org.apache.kafka.common.message.OffsetFetchRequestData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.OffsetCommitRequest;
import org.apache.kafka.common.requests.OffsetCommitResponse;
import org.apache.kafka.common.requests.OffsetFetchRequest;
import org.apache.kafka.common.requests.OffsetFetchResponse;
import org.apache.kafka.common.requests.RequestHeader;

/** What committed offsets cost a broker: each commit, and a start with many to remember. Owned by one thread. */
final class OffsetCost {
    private static final short COMMIT_VERSION = 7;
    private static final short FETCH_VERSION = 7;
    private static final String COMMITTED = "committed";
    private static final String LOADED = "loaded";
    private static final int MEASURED_SECONDS = 15;

    private final RunningBroker broker;

    OffsetCost(RunningBroker broker) {
        this.broker = broker;
    }

    /** So many connections, each of which commits one offset after the other. */
    String commits(int connections) throws Exception {
        GroupTopic topic = GroupTopic.create(broker, COMMITTED, 1);
        List<RawConnection> open = new ArrayList<>();
        try {
            for (int i = 0; i < connections; i++) {
                open.add(new RawConnection(broker.setup().port()));
            }
            long count = 0;
            double before = broker.stat().cpuSeconds();
            long start = System.nanoTime();
            long end = start + TimeUnit.SECONDS.toNanos(MEASURED_SECONDS);
            while (System.nanoTime() < end) {
                List<RequestHeader> sent = new ArrayList<>();
                for (int i = 0; i < connections; i++) {
                    sent.add(open.get(i).send(commit("committing-" + i, topic, count)));
                }
                for (int i = 0; i < connections; i++) {
                    check((OffsetCommitResponse) open.get(i).receive(sent.get(i)));
                    count++;
                }
            }
            double seconds = (System.nanoTime() - start) / 1e9;
            double cpu = broker.stat().cpuSeconds() - before;
            return "%.0f commits/s from %d connections, %.0f us of CPU each"
                    .formatted(count / seconds, connections, 1e6 * cpu / count);
        } finally {
            for (RawConnection connection : open) {
                connection.close();
            }
        }
    }

    /** Commits so many offsets, for the next start to load. */
    String fill(int groups, int each) throws Exception {
        GroupTopic topic = GroupTopic.create(broker, LOADED, each);
        try (RawConnection connection = new RawConnection(broker.setup().port())) {
            for (int i = 0; i < groups; i++) {
                check((OffsetCommitResponse) connection.call(commit("loaded-" + i, topic, i)));
            }
        }
        return groups * each + " offsets of " + groups + " groups";
    }

    /**
     * Right after the listener is there: how long it takes until all of them are told.
     *
     * @param startSeconds from the start of the process to its listener
     */
    String load(int groups, int each, double startSeconds, double secondsMax) throws Exception {
        long start = System.nanoTime();
        ProcStat stat = broker.stat();
        double before = stat.cpuSeconds();
        try (RawConnection connection = new RawConnection(broker.setup().port())) {
            for (int i = 0; i < groups; i++) {
                awaitLoaded(connection, "loaded-" + i, each, i);
            }
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        String seen = ("all %d offsets are told %.2f s after the listener is there, with %.2f s of CPU;"
                        + " it was there %.2f s after the start, with %.2f s of CPU; resident %d MB")
                .formatted(
                        groups * each,
                        seconds,
                        stat.cpuSeconds() - before,
                        startSeconds,
                        before,
                        stat.residentBytes() >> 20);
        if (seconds > secondsMax) {
            throw new CheckFailed(seen);
        }
        return seen;
    }

    private void awaitLoaded(RawConnection connection, String group, int partitions, long offset) throws Exception {
        OffsetFetchRequestData request = new OffsetFetchRequestData()
                .setGroups(List.of(new OffsetFetchRequestData.OffsetFetchRequestGroup()
                        .setGroupId(group)
                        .setTopics(List.of(new OffsetFetchRequestData.OffsetFetchRequestTopics()
                                .setName(LOADED)
                                .setPartitionIndexes(List.of(0, partitions - 1))))));
        while (true) {
            OffsetFetchResponse response = (OffsetFetchResponse) connection.call(
                    OffsetFetchRequest.Builder.forTopicNames(request, false).build(FETCH_VERSION));
            var answer = response.group(group);
            Errors error = Errors.forCode(answer.errorCode());
            if (error == Errors.NONE) {
                boolean right =
                        answer.topics().get(0).partitions().stream().allMatch(each -> each.committedOffset() == offset);
                if (!right) {
                    throw new CheckFailed(group + " has lost what it committed: " + answer);
                }
                return;
            }
            if (!(error.exception() instanceof RetriableException)) {
                throw new CheckFailed(group + ": " + error);
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        }
    }

    private static AbstractRequest commit(String group, GroupTopic topic, long offset) {
        List<OffsetCommitRequestPartition> commits = IntStream.range(0, topic.partitions())
                .mapToObj(each -> new OffsetCommitRequestPartition()
                        .setPartitionIndex(each)
                        .setCommittedOffset(offset)
                        .setCommittedMetadata(""))
                .toList();
        return OffsetCommitRequest.Builder.forTopicNames(new OffsetCommitRequestData()
                        .setGroupId(group)
                        .setTopics(List.of(new OffsetCommitRequestTopic()
                                .setName(topic.name())
                                .setPartitions(commits))))
                .build(COMMIT_VERSION);
    }

    private static void check(OffsetCommitResponse response) {
        response.errorCounts().forEach((error, count) -> {
            if (error != Errors.NONE) {
                throw new CheckFailed("commit: " + error);
            }
        });
    }
}
