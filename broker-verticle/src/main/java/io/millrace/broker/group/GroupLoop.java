package io.millrace.broker.group;

import io.millrace.broker.runtime.DelayWheel;
import io.millrace.broker.runtime.LoopInbox;
import io.netty.channel.EventLoop;

/** What shards need of the event loop that owns them. Made and closed by the loop's listener verticle. */
public final class GroupLoop {

    private final LoopInbox inbox;
    private final DelayWheel wheel;

    /** On the event loop. */
    public GroupLoop(EventLoop eventLoop) {
        this(eventLoop, new DelayWheel(eventLoop));
    }

    GroupLoop(EventLoop eventLoop, DelayWheel wheel) {
        this.inbox = new LoopInbox(eventLoop);
        this.wheel = wheel;
    }

    EventLoop eventLoop() {
        return inbox.eventLoop();
    }

    /** The timers of the loop's shards. On the event loop. */
    DelayWheel wheel() {
        return wheel;
    }

    /** Runs the task on the event loop: at once if this is it, else after those that were handed over before. */
    void run(Runnable task) {
        if (eventLoop().inEventLoop()) {
            task.run();
        } else {
            inbox.submit(task);
        }
    }

    /** After the shards were closed. On the event loop. */
    public void close() {
        wheel.close();
    }
}
