/**
 * What a coordinator decides with and what comes of it: moments, settings, decisions. Values; whoever decides is told the
 * time and knows no thread, clock or socket.
 */
@NullMarked
package io.millrace.broker.group.decision;

import org.jspecify.annotations.NullMarked;
