// Draws the charts that the page describes in #charts. Colors are the style sheet's, so that dark, light and paper agree.
(() => {
  'use strict';
  const specs = JSON.parse(document.getElementById('charts').textContent);
  const drawn = new Map();

  const color = name => getComputedStyle(document.documentElement).getPropertyValue('--' + name).trim();
  const number = value => value.toLocaleString('en', { maximumSignificantDigits: 3 });
  const narrow = () => window.innerWidth < 640;

  // Labels of rows take several lines rather than the width of the bars.
  const wrap = text => {
    const most = narrow() ? 16 : 28;
    const lines = [''];
    for (const word of text.split(' ')) {
      const line = lines[lines.length - 1];
      if (line && line.length + word.length >= most) lines.push(word);
      else lines[lines.length - 1] = line ? line + ' ' + word : word;
    }
    return lines;
  };

  const line = (ctx, x1, y1, x2, y2) => {
    ctx.beginPath();
    ctx.moveTo(x1, y1);
    ctx.lineTo(x2, y2);
    ctx.stroke();
  };

  const whisker = (ctx, x1, x2, y, half) => {
    line(ctx, x1, y, x2, y);
    line(ctx, x1, y - half, x1, y + half);
    line(ctx, x2, y - half, x2, y + half);
  };

  const axis = (title, more) => ({
    title: { display: true, text: title, color: color('faint') },
    grid: { color: color('line') },
    border: { color: color('line') },
    ...more,
    ticks: { color: color('faint'), ...(more && more.ticks) },
  });

  const rowAxis = () => axis('', {
    title: { display: false },
    grid: { display: false },
    ticks: { color: color('ink'), autoSkip: false, crossAlign: 'far', font: { size: 12 } },
  });

  // Text that stays readable across lines.
  const write = (ctx, text, x, y) => {
    ctx.font = '600 11px ' + Chart.defaults.font.family;
    ctx.textBaseline = 'middle';
    ctx.lineJoin = 'round';
    ctx.lineWidth = 4;
    ctx.strokeStyle = color('card');
    ctx.strokeText(text, x, y);
    ctx.fillStyle = color('ink');
    ctx.fillText(text, x, y);
  };

  const at = places => ({ afterBuildTicks: scale => { scale.ticks = places.map(value => ({ value })); } });

  // Only as many round numbers as an axis has room for.
  const logAxis = (title, low, high, label) => {
    const decades = Math.log10(high / low);
    const digits = decades > 2.5 ? [1] : decades > 0.9 ? [1, 2, 5] : [1, 1.5, 2, 3, 4, 5, 6, 8];
    const places = [];
    for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power++) {
      places.push(...digits.map(digit => digit * 10 ** power).filter(value => value >= low && value <= high));
    }
    return axis(title, { type: 'logarithmic', min: low, max: high, ...at(places), ticks: { callback: label, autoSkip: false, maxRotation: 0 } });
  };

  const common = () => ({
    animation: false,
    responsive: true,
    maintainAspectRatio: false,
    plugins: { legend: { display: false } },
  });

  const bars = spec => {
    const values = spec.series.flatMap(each => each.values.filter(v => v).map(v => v.high))
      .concat(spec.limits.flatMap(each => each.values.filter(v => v !== null)));
    const marks = {
      id: 'marks',
      afterDatasetsDraw(chart) {
        const { ctx, scales: { x } } = chart;
        const band = chart.chartArea.height / spec.rows.length;
        ctx.save();
        spec.limits.forEach(limit => limit.values.forEach((value, row) => {
          if (value === null) return;
          const middle = chart.scales.y.getPixelForValue(row);
          ctx.strokeStyle = color(limit.style);
          ctx.lineWidth = 3;
          ctx.setLineDash([3, 2]);
          line(ctx, x.getPixelForValue(value), middle - band * 0.42, x.getPixelForValue(value), middle + band * 0.42);
        }));
        ctx.setLineDash([]);
        spec.series.forEach((series, s) => series.values.forEach((value, row) => {
          const bar = chart.getDatasetMeta(s).data[row];
          if (!value || !bar) return;
          ctx.strokeStyle = color('ink');
          ctx.lineWidth = 1.25;
          if (value.high > value.low) whisker(ctx, x.getPixelForValue(value.low), x.getPixelForValue(value.high), bar.y, 4);
          write(ctx, number(value.median), x.getPixelForValue(value.high) + 7, bar.y);
        }));
        ctx.restore();
      },
    };
    return {
      type: 'bar',
      plugins: [marks],
      data: {
        labels: spec.rows.map(wrap),
        datasets: spec.series.map(each => ({
          label: each.name,
          data: each.values.map(v => v && v.median),
          backgroundColor: color(each.style),
          borderRadius: 2,
          categoryPercentage: 0.74,
          barPercentage: 0.92,
          maxBarThickness: 22,
        })),
      },
      options: {
        ...common(),
        indexAxis: 'y',
        scales: { x: axis(spec.axis, { min: 0, suggestedMax: Math.max(...values) * 1.17, ticks: { maxTicksLimit: 7 } }), y: rowAxis() },
        plugins: {
          legend: { display: false },
          tooltip: {
            callbacks: {
              label: item => {
                const v = spec.series[item.datasetIndex].values[item.dataIndex];
                return `${item.dataset.label}: ${number(v.median)} (${number(v.low)} to ${number(v.high)})`;
              },
            },
          },
        },
      },
    };
  };

  const ratios = spec => {
    const ends = spec.values.flatMap(v => [v.low, v.high, v.noiseLow || 1, v.noiseHigh || 1]);
    const least = Math.min(...ends);
    const most = Math.max(...ends);
    const marks = {
      id: 'marks',
      beforeDatasetsDraw(chart) {
        const { ctx, chartArea, scales: { x, y } } = chart;
        const band = chartArea.height / spec.rows.length;
        ctx.save();
        ctx.fillStyle = color('noise');
        spec.values.forEach((value, row) => {
          if (value.noiseLow === null) return;
          const left = x.getPixelForValue(value.noiseLow);
          ctx.fillRect(left, y.getPixelForValue(row) - band * 0.42, x.getPixelForValue(value.noiseHigh) - left, band * 0.84);
        });
        ctx.strokeStyle = color('faint');
        ctx.lineWidth = 1.5;
        line(ctx, x.getPixelForValue(1), chartArea.top, x.getPixelForValue(1), chartArea.bottom);
        ctx.restore();
      },
      afterDatasetsDraw(chart) {
        const { ctx, scales: { x, y } } = chart;
        ctx.save();
        spec.values.forEach((value, row) => {
          const height = y.getPixelForValue(row);
          ctx.strokeStyle = ctx.fillStyle = color(value.verdict);
          ctx.lineWidth = 2.5;
          whisker(ctx, x.getPixelForValue(value.low), x.getPixelForValue(value.high), height, 4);
          ctx.beginPath();
          ctx.arc(x.getPixelForValue(value.median), height, 5, 0, 2 * Math.PI);
          ctx.fill();
          write(ctx, value.median.toFixed(2) + '×', x.getPixelForValue(value.high) + 9, height);
        });
        ctx.restore();
      },
    };
    return {
      type: 'bar',
      plugins: [marks],
      data: {
        labels: spec.rows.map(wrap),
        // Invisible: gives axes and tooltips their places.
        datasets: [{ data: spec.values.map(v => [v.low, v.high]), backgroundColor: 'transparent' }],
      },
      options: {
        ...common(),
        indexAxis: 'y',
        scales: {
          x: logAxis(spec.axis, least * 0.85, most * Math.max(1.45, (most / least) ** 0.2), value => number(value) + '×'),
          y: rowAxis(),
        },
        plugins: {
          legend: { display: false },
          tooltip: {
            callbacks: {
              label: item => {
                const v = spec.values[item.dataIndex];
                return `${v.median.toFixed(2)}× (${v.low.toFixed(2)} to ${v.high.toFixed(2)})`;
              },
            },
          },
        },
      },
    };
  };

  const share = nines => (100 * (1 - 10 ** -nines)).toLocaleString('en', { maximumFractionDigits: 4 }) + ' %';

  const xAxis = spec => {
    if (spec.x === 'percentile') {
      const most = Math.max(2, ...spec.lines.flatMap(each => each.points.map(p => p.x)));
      const places = [-Math.log10(0.5), 1, 2, 3, 4, 5].filter(nines => nines <= most + 0.05);
      return axis(spec.xTitle, {
        type: 'linear',
        min: places[0] - 0.001, // or rounding may leave the first point out
        max: most + 0.001,
        ...at(places),
        ticks: { callback: share, autoSkip: false, maxRotation: 0 },
      });
    }
    const places = [...new Set(spec.lines.flatMap(each => each.points.map(p => p.x)))].sort((a, b) => a - b);
    return axis(spec.xTitle, {
      type: spec.x === 'log' ? 'logarithmic' : 'linear',
      min: places[0],
      max: places[places.length - 1],
      ...at(places),
      ticks: { callback: number, maxRotation: 0 },
    });
  };

  const lines = spec => {
    const marks = {
      id: 'marks',
      afterDatasetsDraw(chart) {
        const { ctx, scales: { x, y } } = chart;
        ctx.save();
        spec.lines.forEach(each => each.points.forEach(p => {
          if (p.low === null || p.low === p.high) return;
          ctx.strokeStyle = color(each.style);
          ctx.lineWidth = 1.25;
          const place = x.getPixelForValue(p.x);
          line(ctx, place, y.getPixelForValue(p.low), place, y.getPixelForValue(p.high));
          [p.low, p.high].forEach(end => line(ctx, place - 4, y.getPixelForValue(end), place + 4, y.getPixelForValue(end)));
        }));
        ctx.restore();
      },
    };
    const heights = spec.lines.flatMap(each => each.points.flatMap(p => (p.low === null ? [p.y] : [p.low, p.y, p.high])));
    const highest = Math.max(...heights);
    return {
      type: 'line',
      plugins: [marks],
      data: {
        datasets: spec.lines.map(each => ({
          label: each.name,
          data: each.points,
          borderColor: color(each.style),
          backgroundColor: color(each.style),
          borderDash: each.dashed ? [6, 4] : [],
          borderWidth: 2,
          clip: 8, // points on the edges stay whole
          pointRadius: spec.x === 'percentile' ? 1.5 : 3.5,
        })),
      },
      options: {
        ...common(),
        interaction: { mode: 'nearest', axis: 'x', intersect: false },
        scales: {
          x: xAxis(spec),
          y: spec.y === 'log'
            ? logAxis(spec.yTitle, Math.min(...heights) * 0.8, highest * 1.25, number)
            : axis(spec.yTitle, { min: 0, suggestedMax: highest * 1.05, ticks: { callback: number } }),
        },
        plugins: {
          legend: { display: false },
          tooltip: {
            callbacks: {
              title: items => (spec.x === 'percentile' ? share(items[0].parsed.x) : `${spec.xTitle}: ${number(items[0].parsed.x)}`),
              label: item => `${item.dataset.label}: ${number(item.parsed.y)}`,
            },
          },
        },
      },
    };
  };

  const kinds = { bars, ratios, lines };

  const draw = () => {
    Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
    document.querySelectorAll('canvas[data-chart]').forEach(canvas => {
      if (drawn.has(canvas)) drawn.get(canvas).destroy();
      const spec = specs[Number(canvas.dataset.chart)];
      drawn.set(canvas, new Chart(canvas, kinds[spec.kind](spec)));
    });
  };

  draw();
  // Colors and the widths of labels are taken when a chart is made.
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', draw);
  matchMedia('(max-width: 639px)').addEventListener('change', draw);
  matchMedia('print').addEventListener('change', draw);
  const closed = () => document.querySelectorAll('details:not([open])');
  let opened = [];
  window.addEventListener('beforeprint', () => {
    opened = [...closed()];
    opened.forEach(each => { each.open = true; });
    drawn.forEach(chart => chart.resize());
  });
  window.addEventListener('afterprint', () => {
    opened.forEach(each => { each.open = false; });
    drawn.forEach(chart => chart.resize());
  });
})();
