/** How soon a broker serves, and what it costs while nobody asks for anything. */
@NullMarked
package io.millrace.perf.startup;

import org.jspecify.annotations.NullMarked;
