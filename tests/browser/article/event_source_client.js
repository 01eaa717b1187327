const eventSource = new EventSource('http://localhost:3000/events');

eventSource.onopen = () => {
    console.log('SSE connection opened');
};

eventSource.onmessage = (event) => {
    const data = JSON.parse(event.data);
    console.log('Received:', data);
    
    // Update UI
    document.getElementById('value').textContent = data.value.toFixed(2);
};

eventSource.onerror = (error) => {
    console.error('SSE error:', error);
    
    if (eventSource.readyState === EventSource.CLOSED) {
        console.log('SSE connection closed');
    }
};

// Named events
eventSource.addEventListener('custom-event', (event) => {
    console.log('Custom event:', event.data);
});
