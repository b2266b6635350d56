package io.millrace.client.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.client.TopicPartition;
import io.millrace.client.loop.Backoff;
import io.millrace.wire.ApiMessage;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * Members of a group and a model of their coordinator, on one thread in virtual time. Requests and answers get lost with the
 * connection, which its member notices some time later; members come, go, vanish, subscribe to other topics, and take
 * their time to give partitions up; topics grow; the coordinator moves. After each event no partition may have two owners.
 */
final class GroupSimulation {
    static final int SESSION_MS = 10_000;
    static final int HEARTBEAT_MS = 1_000;
    static final int REBALANCE_MS = 20_000;
    private static final int LATENCY_MS_MAX = 300;
    private static final int NOTICE_MS_MAX = 800;

    final Random random;
    final Map<String, Integer> topics = new TreeMap<>();
    final ModelCoordinator coordinator;
    final List<Client> clients = new ArrayList<>();
    private final Function<Integer, GroupMembership> memberships;
    private final PriorityQueue<Event> events = new PriorityQueue<>();
    private final Map<TopicPartition, Client> owners = new HashMap<>();
    private int coordinatorTerm;
    private int lastClient;
    long nowMs;
    private long order;
    double trouble;
    /** How often a partition was assigned, revoked in order, lost. */
    final long[] counts = new long[3];

    private record Event(long atMs, long order, Runnable action) implements Comparable<Event> {
        @Override
        public int compareTo(Event other) {
            return atMs != other.atMs ? Long.compare(atMs, other.atMs) : Long.compare(order, other.order);
        }
    }

    /** A consumer around a membership. */
    final class Client {
        final int number;
        final GroupMembership membership;
        Set<String> subscribed = Set.of();
        boolean leaving;
        boolean gone;
        int connection;
        private long wakeUpMs = Long.MAX_VALUE;

        Client(int number) {
            this.number = number;
            this.membership = memberships.apply(number);
        }

        private void act() {
            for (GroupEffect effect : membership.effects()) {
                act(effect);
            }
            long next = membership.nextWakeUpMs();
            if (!gone && next < Long.MAX_VALUE && (next < wakeUpMs || wakeUpMs <= nowMs)) {
                wakeUpMs = Math.max(nowMs, next);
                long at = wakeUpMs;
                schedule(at - nowMs, () -> {
                    if (!gone && wakeUpMs == at) {
                        wakeUpMs = Long.MAX_VALUE;
                        membership.tick(nowMs);
                        act();
                    }
                });
            }
        }

        private void act(GroupEffect effect) {
            if (effect instanceof GroupEffect.Send send) {
                send(this, send);
            } else if (effect instanceof GroupEffect.WantTopics) {
                schedule(latency(), this::tellTopics);
            } else if (effect instanceof GroupEffect.Assigned assigned) {
                counts[0]++;
                for (TopicPartition each : assigned.partitions()) {
                    Client before = owners.put(each, this);
                    assertThat(before)
                            .as("owner of %s, which %s gets", each, membership)
                            .isNull();
                }
            } else if (effect instanceof GroupEffect.Revoke revoke) {
                revoke(revoke);
            } else if (effect instanceof GroupEffect.Lost lost) {
                counts[2]++;
                lost.partitions()
                        .forEach(each -> assertThat(owners.remove(each)).isSameAs(this));
            } else if (effect instanceof GroupEffect.Left) {
                gone = true;
                release();
            } else if (effect instanceof GroupEffect.Failed failed) {
                throw new AssertionError(failed.message());
            }
        }

        /** Mostly soon, sometimes never in time. */
        private void revoke(GroupEffect.Revoke revoke) {
            assertThat(revoke.deadlineMs()).isGreaterThanOrEqualTo(nowMs);
            int drainMs =
                    random.nextInt(8) == 0 && trouble > 0 ? random.nextInt(2 * REBALANCE_MS) : random.nextInt(200);
            schedule(drainMs, () -> {
                if (!gone) {
                    Set<TopicPartition> before = membership.owned();
                    membership.onRevoked(nowMs);
                    release();
                    counts[1] += before.size() > membership.owned().size() ? 1 : 0;
                    act();
                }
            });
        }

        /** What the membership does not own any more, the application has given up. */
        private void release() {
            Set<TopicPartition> owned = gone ? Set.of() : membership.owned();
            owners.entrySet().removeIf(each -> each.getValue() == this && !owned.contains(each.getKey()));
        }

        void tellTopics() {
            if (!gone) {
                List<KnownTopic> known = new ArrayList<>();
                topics.forEach((name, count) -> known.add(new KnownTopic(name, ConsumerCoordinator.idOf(name), count)));
                membership.onTopics(known, nowMs);
                act();
            }
        }

        void subscribe(Set<String> names) {
            subscribed = names;
            membership.subscribe(names, nowMs);
            act();
        }

        void leave() {
            leaving = true;
            membership.leave(nowMs);
            act();
        }

        /** The process dies. */
        void vanish() {
            gone = true;
            release();
            breakConnection();
        }

        void breakConnection() {
            connection++;
        }
    }

    GroupSimulation(
            Random random,
            Function<GroupSimulation, ModelCoordinator> coordinator,
            Function<Integer, GroupMembership> memberships) {
        this.random = random;
        this.memberships = memberships;
        int count = 1 + random.nextInt(4);
        for (int i = 0; i < count; i++) {
            topics.put("t" + i, 1 + random.nextInt(6));
        }
        this.coordinator = coordinator.apply(this);
    }

    static GroupOptions options(List<PartitionAssignor> assignors) {
        return new GroupOptions(
                "g", null, null, SESSION_MS, HEARTBEAT_MS, REBALANCE_MS, new Backoff(50, 500), assignors, null);
    }

    void start() {
        Client client = new Client(lastClient++);
        clients.add(client);
        client.subscribe(someTopics());
    }

    private Set<String> someTopics() {
        Set<String> some = new TreeSet<>(topics.keySet());
        if (random.nextInt(3) == 0) {
            some.removeIf(each -> some.size() > 1 && random.nextBoolean());
        }
        return some;
    }

    /** Lets things happen by chance. */
    void disturb(int times, int overMs) {
        for (int i = 0; i < times; i++) {
            schedule(random.nextInt(overMs), this::disturb);
        }
    }

    private void disturb() {
        clients.removeIf(each -> each.gone);
        Client client = clients.isEmpty() ? null : clients.get(random.nextInt(clients.size()));
        switch (random.nextInt(10)) {
            case 0, 1, 2 -> {
                if (clients.size() < 6) {
                    start();
                }
            }
            case 3 -> {
                if (client != null && !client.leaving) {
                    client.leave();
                }
            }
            case 4 -> {
                if (client != null) {
                    client.vanish();
                }
            }
            case 5, 6 -> {
                if (client != null && !client.leaving) {
                    client.subscribe(someTopics());
                }
            }
            case 7 -> {
                String topic = topics.keySet().iterator().next();
                topics.merge(topic, 1, Integer::sum);
                clients.forEach(each -> schedule(latency(), each::tellTopics));
            }
            case 8 -> {
                coordinatorTerm++;
                coordinator.failOver(nowMs);
                clients.forEach(Client::breakConnection);
            }
            default -> {
                if (client != null) {
                    client.breakConnection();
                }
            }
        }
    }

    void run(long forMs) {
        long endMs = nowMs + forMs;
        while (!events.isEmpty() && events.element().atMs <= endMs) {
            Event event = events.remove();
            nowMs = event.atMs;
            coordinator.tick(nowMs);
            event.action.run();
        }
        nowMs = endMs;
    }

    /** The coordinator has no wake-up of its own: it looks at its clock every so often. */
    void letTheCoordinatorTick() {
        schedule(100, () -> {
            coordinator.tick(nowMs);
            letTheCoordinatorTick();
        });
    }

    private void send(Client client, GroupEffect.Send send) {
        int connection = client.connection;
        int term = coordinatorTerm;
        ApiMessage request = send.request().build(highest(send));
        boolean breaks = random.nextDouble() < trouble;
        long breaksAfterMs = breaks ? random.nextInt(2 * LATENCY_MS_MAX) : Long.MAX_VALUE;
        long arrivesMs = latency();
        boolean[] over = {false};
        if (arrivesMs <= breaksAfterMs) {
            schedule(arrivesMs, () -> {
                if (term == coordinatorTerm && (connection == client.connection || random.nextBoolean())) {
                    coordinator.handle(request, answer -> answer(client, send, connection, term, answer, over), nowMs);
                }
            });
        }
        if (breaks) {
            schedule(breaksAfterMs, client::breakConnection);
        }
        watch(client, send, connection, over);
    }

    private static short highest(GroupEffect.Send send) {
        return switch (send.api()) {
            case JOIN_GROUP -> 9;
            case SYNC_GROUP, LEAVE_GROUP -> 5;
            case HEARTBEAT -> 4;
            case CONSUMER_GROUP_HEARTBEAT -> 1;
            default -> throw new AssertionError("not of a membership: " + send.api());
        };
    }

    private void answer(
            Client client, GroupEffect.Send send, int connection, int term, ApiMessage answer, boolean[] over) {
        schedule(latency(), () -> {
            if (!client.gone && connection == client.connection && term == coordinatorTerm && !over[0]) {
                over[0] = true;
                client.membership.onAnswer(send.ticket(), answer, nowMs);
                client.act();
            }
        });
    }

    /** A member notices some time later that its connection is gone. */
    private void watch(Client client, GroupEffect.Send send, int connection, boolean[] over) {
        schedule(200 + random.nextInt(NOTICE_MS_MAX - 200), () -> {
            if (client.gone || over[0]) {
                return;
            }
            if (connection == client.connection) {
                watch(client, send, connection, over);
            } else {
                over[0] = true;
                client.membership.onUnanswered(send.ticket(), nowMs);
                client.act();
            }
        });
    }

    private long latency() {
        return 1L + random.nextInt(random.nextInt(10) == 0 ? LATENCY_MS_MAX : 20);
    }

    private void schedule(long delayMs, Runnable action) {
        events.add(new Event(nowMs + delayMs, order++, action));
    }

    /** Everything that somebody has subscribed to has an owner who has. */
    void checkSettled() {
        Set<TopicPartition> expected = new TreeSet<>();
        clients.removeIf(each -> each.gone);
        for (Client client : clients) {
            for (String topic : client.subscribed) {
                for (int i = 0; i < topics.getOrDefault(topic, 0); i++) {
                    expected.add(new TopicPartition(topic, i));
                }
            }
        }
        assertThat(new TreeSet<>(owners.keySet())).isEqualTo(expected);
        owners.forEach((partition, client) -> {
            assertThat(client.subscribed).contains(partition.topic());
            assertThat(client.membership.owned()).contains(partition);
        });
    }
}
