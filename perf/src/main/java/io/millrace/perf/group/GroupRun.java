package io.millrace.perf.group;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** One group, its topic and what happens to both. Owned by one thread. */
final class GroupRun implements AutoCloseable {
    private static final int PARTITIONS = 12;
    private static final int PAUSE_MAX_MS = 1000;
    private static final Duration DRAIN_LIMIT = Duration.ofSeconds(90);
    private static final Duration GOODBYE_LIMIT = Duration.ofSeconds(20);

    private final Revenant broker;
    private final Assignor assignor;
    private final SplittableRandom random;
    private final String topic;
    private final Admin admin;
    private final Feed feed;
    private final Deliveries deliveries = new Deliveries(PARTITIONS);
    private final @Nullable Member[] members;
    private final List<Member> gone = new ArrayList<>();
    private final Map<String, Integer> events = new HashMap<>();
    private int kills;

    GroupRun(Revenant broker, Assignor assignor, int members, SplittableRandom random)
            throws ExecutionException, InterruptedException {
        this.broker = broker;
        this.assignor = assignor;
        this.random = random;
        this.topic = "fed-" + assignor;
        this.members = new Member[members];
        this.admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrap(), "reconnect.backoff.max.ms", 100));
        admin.createTopics(List.of(new NewTopic(topic, PARTITIONS, (short) 1)))
                .all()
                .get();
        this.feed = new Feed(broker.bootstrap(), topic, PARTITIONS);
    }

    /** Members come and go for so long, and the broker dies so often at moments between. */
    void disturb(Duration time, int times) throws IOException, InterruptedException {
        long end = System.nanoTime() + time.toNanos();
        List<Long> deaths = IntStream.range(0, times)
                .mapToObj(i -> end - (long) (random.nextDouble() * time.toNanos()))
                .sorted()
                .toList();
        while (System.nanoTime() < end) {
            disturbOne(random.nextInt(members.length));
            if (kills < deaths.size() && System.nanoTime() > deaths.get(kills)) {
                broker.die();
                kills++;
            }
            TimeUnit.MILLISECONDS.sleep(random.nextInt(PAUSE_MAX_MS));
        }
    }

    private void disturbOne(int slot) {
        Member member = members[slot];
        if (member == null || !member.isAlive()) {
            members[slot] = newMember(slot);
            return;
        }
        switch (random.nextInt(6)) {
            case 0 -> {
                count("stalled");
                member.stall();
            }
            case 1, 2 -> {
                count("died");
                member.die();
                gone.add(member);
            }
            case 3, 4 -> {
                count("left");
                member.leave();
                gone.add(member);
            }
            default -> count("spared");
        }
    }

    /** Every third is static, and comes back under its instance's id. */
    private Member newMember(int slot) {
        count("joined");
        String name = "member-" + slot + "." + events.get("joined");
        return new Member(
                name, broker.bootstrap(), topic, assignor, slot % 3 == 0 ? "instance-" + slot : "", deliveries);
    }

    private void count(String event) {
        events.merge(event, 1, Integer::sum);
    }

    /** Lets who is left read to the end, and compares. @return what does not hold */
    List<String> finish() throws InterruptedException, ExecutionException {
        feed.stop();
        if (feed.failure() != null) {
            deliveries.violation("a record could not be written: " + feed.failure());
        }
        members[0] = members[0] == null || !members[0].isAlive() ? newMember(0) : members[0];
        Map<TopicPartition, Long> ends = ends();
        long written = ends.values().stream().mapToLong(Long::longValue).sum();
        if (written < feed.acknowledged()) {
            deliveries.violation(feed.acknowledged() + " records were acknowledged, and the log has " + written);
        }
        awaitCommitted(ends);
        ends.forEach((partition, end) -> deliveries.onEnd(partition.partition(), end));
        sayGoodbye();
        List<String> violations = deliveries.violations();
        System.out.printf(
                "%s: %s; members %s, broker killed %d times: %s%n",
                assignor,
                deliveries.summary(),
                events,
                kills,
                violations.isEmpty() ? "nothing lost, nothing given twice" : violations.size() + " VIOLATIONS");
        return violations;
    }

    private Map<TopicPartition, Long> ends() throws InterruptedException, ExecutionException {
        Map<TopicPartition, OffsetSpec> latest = IntStream.range(0, PARTITIONS)
                .mapToObj(partition -> new TopicPartition(topic, partition))
                .collect(Collectors.toMap(each -> each, each -> OffsetSpec.latest()));
        Map<TopicPartition, Long> ends = new HashMap<>();
        admin.listOffsets(latest).all().get().forEach((partition, found) -> ends.put(partition, found.offset()));
        return ends;
    }

    private void awaitCommitted(Map<TopicPartition, Long> ends) throws InterruptedException, ExecutionException {
        long deadline = System.nanoTime() + DRAIN_LIMIT.toNanos();
        Map<TopicPartition, Long> committed = committed();
        while (!committed.equals(ends) && System.nanoTime() < deadline) {
            TimeUnit.MILLISECONDS.sleep(200);
            committed = committed();
        }
        if (!committed.equals(ends)) {
            deliveries.violation(
                    "after " + DRAIN_LIMIT + " the group is at " + committed + ", the log ends at " + ends);
        }
        committed.forEach((partition, offset) -> {
            long acknowledged = deliveries.committed(partition.partition());
            if (offset < acknowledged) {
                deliveries.violation(partition + " is at " + offset + ", after a commit of " + acknowledged);
            }
        });
    }

    private Map<TopicPartition, Long> committed() throws InterruptedException, ExecutionException {
        Map<TopicPartition, Long> offsets = new HashMap<>();
        Map<TopicPartition, @Nullable OffsetAndMetadata> all = admin.listConsumerGroupOffsets(topic)
                .partitionsToOffsetAndMetadata()
                .get();
        all.forEach((partition, offset) -> {
            if (offset != null) {
                offsets.put(partition, offset.offset());
            }
        });
        return offsets;
    }

    private void sayGoodbye() throws InterruptedException {
        for (Member member : members) {
            if (member != null) {
                member.leave();
                gone.add(member);
            }
        }
        for (Member member : gone) {
            member.join(GOODBYE_LIMIT);
            if (member.isAlive()) {
                deliveries.violation(member.name() + " does not end");
            }
        }
    }

    @Override
    public void close() {
        for (Member member : members) {
            if (member != null) {
                member.die();
            }
        }
        feed.close();
        admin.close();
    }
}
