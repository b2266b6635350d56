/**
 * A broker that stores nothing: what clients, sockets and event loops allow when a broker costs as little as it can. It knows
 * what producers need, and no more. Its event loops own everything but the table of topics.
 */
@NullMarked
package io.millrace.perf.nullbroker;

import org.jspecify.annotations.NullMarked;
