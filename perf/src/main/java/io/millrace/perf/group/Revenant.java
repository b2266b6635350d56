package io.millrace.perf.group;

import io.millrace.perf.target.RunningBroker;
import io.millrace.perf.target.Target;
import io.millrace.perf.target.Target.BrokerSetup;
import java.io.IOException;

/** A broker that comes back after each of its deaths, with the same address and data. Owned by one thread. */
final class Revenant implements AutoCloseable {
    private final Target target;
    private final BrokerSetup setup;
    private RunningBroker broker;

    Revenant(Target target, BrokerSetup setup) throws IOException {
        this.target = target;
        this.setup = setup;
        this.broker = RunningBroker.start(target, setup, target.usualJvmOptions());
    }

    String bootstrap() {
        return broker.bootstrap();
    }

    /** SIGKILL, and a new start. */
    void die() throws IOException {
        broker.kill();
        broker = RunningBroker.start(target, setup, target.usualJvmOptions());
    }

    @Override
    public void close() {
        broker.close();
    }
}
