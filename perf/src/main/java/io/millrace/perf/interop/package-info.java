/** Clients and tools that others wrote, run against one started broker; each check says what it compared. */
@NullMarked
package io.millrace.perf.interop;

import org.jspecify.annotations.NullMarked;
