package io.millrace.broker.fetch;

import io.millrace.broker.handler.LeaderHints;
import io.millrace.broker.runtime.DelayWheel;
import io.millrace.broker.runtime.LoopInbox;
import io.vertx.core.WorkerExecutor;

/**
 * What the fetches of one event loop share.
 *
 * @param wheel ends their waiting
 * @param inbox brings signals of other threads
 * @param readers bounded threads that may block on a disk; shared by all loops
 * @param hints where the leaders are; shared by all loops
 */
public record FetchLoop(DelayWheel wheel, LoopInbox inbox, WorkerExecutor readers, LeaderHints hints) {}
