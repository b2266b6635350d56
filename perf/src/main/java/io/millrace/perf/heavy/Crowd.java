package io.millrace.perf.heavy;

import io.millrace.perf.check.CheckFailed;
import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.AbstractResponse;

/**
 * Members of groups that all live on the calling thread, while one of the methods runs. The heartbeats of different members
 * are spread over their interval, whenever they have joined.
 */
final class Crowd implements Closeable {
    /** Multiples of the golden ratio, without what is before the point, are spread evenly however many there are. */
    private static final double GOLDEN = 0.6180339887498949;

    private static final long LIMIT_NANOS = TimeUnit.MINUTES.toNanos(2);

    private final int port;
    private final Selector selector = Selector.open();
    private final List<Place> places = new ArrayList<>();
    private final PriorityQueue<Place> due = new PriorityQueue<>();
    private int joined;
    private long heartbeats;

    Crowd(int port) throws IOException {
        this.port = port;
    }

    /** A member, its connection, and when its next heartbeat is due. */
    private static final class Place implements Comparable<Place> {
        private final GroupMember member;
        private final MemberChannel channel;
        private boolean leaves;
        private long dueNanos;

        Place(GroupMember member, MemberChannel channel) {
            this.member = member;
            this.channel = channel;
        }

        long intervalNanos() {
            return TimeUnit.MILLISECONDS.toNanos(member.intervalMs());
        }

        @Override
        public int compareTo(Place other) {
            return Long.signum(dueNanos - other.dueNanos);
        }
    }

    /** So many heartbeats were sent because it was time. */
    long heartbeats() {
        return heartbeats;
    }

    /** Connects it and sends its first request. */
    void join(GroupMember member) throws IOException {
        Place place = new Place(member, new MemberChannel(port));
        places.add(place);
        place.channel.register(selector, place);
        place.channel.send(member.join());
        place.dueNanos = System.nanoTime() + (long) (joined++ * GOLDEN % 1 * place.intervalNanos());
        due.add(place);
    }

    /** The one that joined first leaves. */
    void leaveFirst() throws IOException {
        leave(places.get(0));
        runUntil("the answer to one that leaves", () -> places.stream().noneMatch(place -> place.leaves));
    }

    void leaveAll() throws IOException {
        runUntil("all answers", () -> places.stream().noneMatch(place -> place.channel.waits()));
        for (Place place : places) {
            leave(place);
        }
        runUntil("the answers to all that leave", places::isEmpty);
    }

    private void leave(Place place) throws IOException {
        due.remove(place);
        place.leaves = true;
        place.channel.send(place.member.leave());
    }

    void runFor(Duration duration) throws IOException {
        long end = System.nanoTime() + duration.toNanos();
        while (System.nanoTime() < end) {
            runOnce();
        }
    }

    /** @return seconds until all members of a group are of one mind and share all partitions evenly */
    double runUntilSettled(int partitions) throws IOException {
        long start = System.nanoTime();
        runUntil("a settled group", () -> isSettled(partitions));
        return (System.nanoTime() - start) / 1e9;
    }

    private void runUntil(String what, BooleanSupplier condition) throws IOException {
        long end = System.nanoTime() + LIMIT_NANOS;
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new CheckFailed("waited for " + what + " for " + Duration.ofNanos(LIMIT_NANOS));
            }
            runOnce();
        }
    }

    private boolean isSettled(int partitions) {
        Map<String, List<GroupMember>> groups =
                places.stream().map(place -> place.member).collect(Collectors.groupingBy(GroupMember::group));
        return groups.values().stream().allMatch(members -> isSettled(members, partitions));
    }

    /** Evenly, too: who has just joined may have nothing yet in an epoch in which the others have all. */
    private static boolean isSettled(List<GroupMember> members, int partitions) {
        int epoch = members.get(0).epoch();
        int share = partitions / members.size();
        return epoch >= 0
                && members.stream().allMatch(each -> each.epoch() == epoch && each.partitions() >= share)
                && members.stream().mapToInt(GroupMember::partitions).sum() == partitions;
    }

    private void runOnce() throws IOException {
        long now = System.nanoTime();
        for (Place next = due.peek(); next != null && next.dueNanos <= now; next = due.peek()) {
            due.remove();
            if (!next.channel.waits()) {
                heartbeats++;
                next.channel.send(next.member.heartbeat());
            }
            next.dueNanos += next.intervalNanos();
            due.add(next);
        }
        selector.select(1);
        for (SelectionKey key : selector.selectedKeys()) {
            onReadable((Place) key.attachment());
        }
        selector.selectedKeys().clear();
    }

    private void onReadable(Place place) throws IOException {
        AbstractResponse answer = place.channel.receive();
        if (answer == null) {
            return;
        }
        if (place.leaves) {
            place.channel.close();
            places.remove(place);
            return;
        }
        AbstractRequest next = place.member.onAnswer(answer);
        if (next != null) {
            place.channel.send(next);
        }
    }

    @Override
    public void close() throws IOException {
        for (Place place : places) {
            place.channel.close();
        }
        selector.close();
    }
}
